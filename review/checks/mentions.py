"""Where a record's documents speak of a thing, and how each place means it. Which of them counts, the check decides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from review.checks.inputs import Record
from review.facts.context import Context, context
from review.facts.sentences import Sentence
from review.models import Evidence

FORM = re.compile(r"[（(].*?[)）]|^注射用|^吸入用|^(?:一次性|盐酸|硫酸|枸橼酸|琥珀酸|苯磺酸|重组)")
DOSAGE = re.compile(
    r"(?:乳状|混悬|雾化吸入用|浓)?(?:注射液|注射剂|口服溶液|氯化钠|葡萄糖|肠溶|缓释|控释|分散|胶囊|颗粒|软膏|乳膏|混悬液|溶液|片|丸|针)+$"
)


@dataclass(frozen=True)
class Mention:
    """One place of a document that names the thing."""

    sentence: Sentence
    start: int
    end: int
    context: Context

    @property
    def words(self) -> str:
        return self.sentence.bare


def mentions(record: Record, pattern: re.Pattern[str]) -> Iterator[Mention]:
    """Every place in the record's documents that matches, in order of writing; one for a sentence."""
    for document in record.documents:
        for sentence in record.sentences(document):
            match = pattern.search(sentence.bare)
            if match and match.end() > match.start():
                around = context(sentence, match.start(), match.end())
                yield Mention(sentence, match.start(), match.end(), around)


def quoted(record: Record, mention: Mention, says: str = "for") -> Evidence:
    """The whole sentence of a mention as evidence."""
    sentence = mention.sentence
    return record.quote(sentence.document, *sentence.whole, says=says, at=sentence.at)


@lru_cache(maxsize=8_192)
def drug_core(name: str) -> str:
    """The part of a drug's name that a note would use: 注射用头孢曲松钠 → 头孢曲松钠, 厄贝沙坦片 → 厄贝沙坦."""
    bare = FORM.sub("", name.replace(" ", ""))
    core = DOSAGE.sub("", bare)
    return core if len(core) >= 2 else bare
