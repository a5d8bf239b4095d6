"""A practitioner's rule tables as rows."""

from knowledge.rule_drafts import Converted, RuleSheet
from collections.abc import Callable

KINDS: tuple[tuple[set[str], Callable[[RuleSheet], Converted]], ...] = ()
