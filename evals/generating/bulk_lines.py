"""The lines of all variants in one Arrow table, copied by position: no Python per line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evals.generating.stay import DAY, Stay
from evals.generating.writing import charge_row, settlement_numbers

MONEY = {
    "cnt",
    "pric",
    "det_item_fee_sumamt",
    "pric_uplmt_amt",
    "fulamt_ownpay_amt",
    "overlmt_selfpay",
    "preselfpay_amt",
    "inscp_amt",
}
OWN = ("bkkp_sn", "init_feedetl_sn", "mdtrt_id", "setl_id", "rx_drord_no", "fee_ocur_time")
EPOCH = datetime(1970, 1, 1)
Whole = npt.NDArray[np.int64]


class Copied(Protocol):
    """What a copy of a stay must say."""

    @property
    def stay(self) -> int: ...
    @property
    def admission_id(self) -> str: ...
    @property
    def shift(self) -> int: ...


@dataclass(frozen=True)
class LineStore:
    """`fixed` holds what every copy shares; the rest is the line's own number, its original's, its order's and its
    settlement's suffix, and its time in seconds; `starts` says where a stay's lines begin."""

    fixed: pa.Table
    suffix: pa.Array
    original: pa.Array
    order: pa.Array
    settlement: pa.Array
    seconds: Whole
    starts: Whole

    @classmethod
    def of(cls, stays: Sequence[Stay]) -> "LineStore":
        rows, suffix, original, order, settlement, seconds, starts = [], [], [], [], [], [], [0]
        for stay in stays:
            numbers = settlement_numbers(stay)
            for line in stay.lines:
                rows.append(charge_row(stay, line, numbers))
                suffix.append(line.number[-6:])
                original.append(line.original[-6:] or None)
                order.append(line.order[-4:] or None)
                settlement.append(numbers[line.settlement].removeprefix(f"S{stay.admission_id}"))
                seconds.append(int((line.at - EPOCH).total_seconds()))
            starts.append(len(rows))
        fixed = {name: _column(name, [row[name] for row in rows]) for name in rows[0] if name not in OWN}
        return cls(
            pa.table(fixed), pa.array(suffix), pa.array(original, pa.string()), pa.array(order, pa.string()),
            pa.array(settlement), np.array(seconds), np.array(starts),
        )  # fmt: skip

    def write(self, write: Callable[[str, pa.Table], None], copies: Sequence[Copied]) -> int:
        """Writes the lines of these copies; their number."""
        stays = np.array([copy.stay for copy in copies])
        counts = self.starts[stays + 1] - self.starts[stays]
        which = np.repeat(np.arange(len(copies)), counts)
        ends = np.cumsum(counts)
        rows = np.arange(ends[-1]) - np.repeat(ends - counts, counts) + np.repeat(self.starts[stays], counts)
        position = pa.array(rows)
        admission = pa.array([copy.admission_id for copy in copies]).take(pa.array(which))
        shift = np.array([copy.shift for copy in copies])[which] * int(DAY.total_seconds())
        own = {
            "bkkp_sn": pc.binary_join_element_wise(admission, self.suffix.take(position), ""),
            "init_feedetl_sn": pc.binary_join_element_wise(admission, self.original.take(position), ""),
            "mdtrt_id": admission,
            "setl_id": pc.binary_join_element_wise("S", admission, self.settlement.take(position), ""),
            "rx_drord_no": pc.binary_join_element_wise(admission, self.order.take(position), "-"),
            "fee_ocur_time": pa.array((self.seconds[rows] + shift), pa.timestamp("s")),
        }
        fixed = self.fixed.take(position)
        write("fee_list_d", pa.table(own | {name: fixed.column(name) for name in fixed.column_names}))
        return int(ends[-1])


def _column(name: str, values: list[Any]) -> pa.Array:
    if name in MONEY:
        return pa.array(
            [Decimal(value).quantize(Decimal("0.0001")) for value in values], pa.decimal128(14, 4)
        )
    return pa.array(values, pa.string()).dictionary_encode()
