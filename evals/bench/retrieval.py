"""How long one question takes, beside scoring every passage by brute force on its characters."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench import Figure, in_turn
from knowledge.library import Library

QUESTIONS = ("首次病程记录多久内要写完", "挂床住院怎么认定", "重复收费怎么处罚", "会诊意见应当几小时内完成")


def measure() -> Iterator[Figure]:
    """The shipped digests, searched with a warm library."""
    with TemporaryDirectory() as home:
        library = Library.open(Path(home))
        texts = [hit.text for question in QUESTIONS for hit in library.search(question, top=50)]
        seconds, floor = in_turn(
            lambda: [library.search(question) for question in QUESTIONS],
            lambda: [len(set(question) & set(text)) for question in QUESTIONS for text in texts],
        )
    yield Figure(
        "retrieval",
        "four questions over the digests",
        seconds,
        floor,
        "comparing characters with 200 passages",
    )
