"""Q: under which words to look for the provisions that a question about a rule is after.

Nothing of a patient goes in: the question is all that is sent, without numbers that name a person. What a model adds of
its own (a number, a document's name, an order) is no search; where nothing is left, the question's own words are.
"""

import re

from knowledge.answering.proofs import instructs
from knowledge.answering.quantities import narrow
from knowledge.answering.replies import AskModel
from review.deidentify import mask_numbers
from review.judge.answers import Searches
from review.judge.numbered import on_one_row
from review.judge.reading import Unreadable, read_answer

PROMPT = "query_rewriting"
MOST, SHORTEST, LONGEST = 3, 4, 60
_FIGURE = re.compile(r"\d+|[一二三四五六七八九十百]+(?=[条款项章年月日天小时元倍])")
_TITLE = re.compile(r"《([^》]*)》")


def searches_for(question: str, ask: AskModel) -> tuple[str, ...]:
    """One to three searches for a question; the question itself where a model gives none of use.

    Raises `knowledge.answering.replies.ModelFailed` where the model gives no answer."""
    asked = mask_numbers(on_one_row(question)).replace("<", "＜").replace(">", "＞").strip()
    try:
        said = read_answer("".join(ask({"question": asked})), Searches).searches
    except Unreadable:
        return (asked,)
    kept = [one for one in (" ".join(search.split()) for search in said) if _is_of(one, asked)]
    return tuple(dict.fromkeys(kept))[:MOST] or (asked,)


def _is_of(search: str, question: str) -> bool:
    """Whether a search brings in no number and no title that the question does not have, and orders nothing."""
    if not SHORTEST <= len(search) <= LONGEST or instructs(search):
        return False
    held = narrow(question)
    figures = set(_FIGURE.findall(narrow(search)))
    return figures <= set(_FIGURE.findall(held)) and all(one in held for one in _TITLE.findall(search))
