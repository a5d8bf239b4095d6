"""What a hospital usually charges for a service, over all stays of the inspection."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from review.checks.inputs import Inspection


def usual_price(inspection: Inspection, is_asked: Callable[[Mapping[str, Any]], bool]) -> Decimal | None:
    """The unit price of most lines of the items asked for, in yuan; null where none was ever charged.

    `is_asked` is given item_key, item_name and charge_type, any of which may be null."""
    lines: Counter[Decimal] = Counter()
    for row in inspection.prices:
        if is_asked(row):
            lines[row["unit_price"]] += int(row["lines"])
    return most_frequent(lines)


def most_frequent(prices: Counter[Decimal]) -> Decimal | None:
    """The price seen most often, of several the lowest."""
    return min(prices, key=lambda price: (-prices[price], price)) if prices else None
