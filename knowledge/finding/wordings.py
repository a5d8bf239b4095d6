"""Which held texts are amended ones, and from when an earlier wording of them applied.

Asked about a day before the amendment, such a text must not be told as if it were the law of that day, nor be said
not to have been in force at all.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from knowledge.cutting.days import COMMENCEMENT, DAY, day_of, days_in, with_arabic_days
from knowledge.cutting.document import Document
from knowledge.cutting.passages import Passage

NOTE = "题注"  # the passage between title and first article
_AMENDED = re.compile(rf"{DAY}[^。；\n]*修[正订改]")  # an act of the note
_NAMED_SO = re.compile(r"修[正订](?:的文本|本|版|）|\)|$)")


def earlier_wordings(
    documents: Sequence[Document], passages: Iterable[tuple[Passage, int]]
) -> dict[int, date | None]:
    """For each document that was amended before it came to read as held: the first day of its first wording, null
    where no day is told. `passages` come with their document's place in `documents`."""
    notes: dict[int, str] = {}
    commenced: dict[int, date] = {}
    for passage, owner in passages:
        if passage.passage == NOTE:
            notes[owner] = with_arabic_days(passage.text)
        elif stated := COMMENCEMENT.search(passage.text):
            day = day_of(stated)
            if day:
                commenced[owner] = min(day, commenced.get(owner, day))
    found: dict[int, date | None] = {}
    for place, document in enumerate(documents):
        note, begins = notes.get(place, ""), document.begins
        names = (document.number, document.title, document.completeness)
        named = any(_NAMED_SO.search(name) for name in names if name)
        if begins and (named or _AMENDED.search(note)):
            days = [commenced[place]] if place in commenced else []
            found[place] = next((day for day in (*days, *days_in(note)) if day < begins), None)
    return found
