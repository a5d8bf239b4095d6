"""Names of persons by what stands beside them: a label, a title, kin, a bed, a sex, a signature at the end of a row.

Works on folded text (`review.masking_letters`). What a table already says is not found here.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from review.masking_letters import LETTER
from review.masking_lexicon import AMBIGUOUS, COMPOUND, SURNAMES
from review.masking_roles import (
    FOLLOW,
    KIN,
    KIN_WORD,
    LEAD,
    PATIENT,
    PERSON,
    PERSON_VERB,
    ROLE,
    TITLE,
    a_word,
    alone_is_a_name,
    blank,
    certain,
    clinical,
    is_surname,
    kind_of,
    never_a_name,
)

_C = f"[{LETTER}]"
_ETHNIC = rf"{_C}{{2,9}} ?(?:· ?{_C}{{1,9}}){{1,3}}"
_LATIN = r"[A-Z][A-Za-z'-]{1,15}(?: [A-Z][A-Za-z'-]{1,15}){1,3}"
_WHOLE = re.compile(rf"{_ETHNIC}|{_LATIN}")
_SPACED = re.compile(rf"{_C}( {{1,3}}){_C}(?:\1{_C}){{0,6}}(?! ?{_C}{_C})")
_RUN = re.compile(rf"{_C}{{1,12}}")
_TITLE = re.compile(TITLE)
_TITLED = re.compile(rf"(?:{TITLE})(?!签|{_C}?签名)")
_TO_TITLE = re.compile(r"汇报|请示|报告|说明|反映|提出|申请")
_SUFFIX = r"(?:者|人员?|员|姓名|签名|签字|签章|签|医师|医生|护士长?|护师|技师|药师|主任|教授|院长|师|意见|[(][^()\n]{0,12}[)])"
_A_ROLE = re.compile(rf"(?:{ROLE}|{TITLE}|{KIN_WORD})(?:{_SUFFIX}){{0,3}}$")
_LABEL_END = re.compile(
    rf"(?:(?:{ROLE}|{TITLE}|{KIN_WORD})(?:{_SUFFIX}){{0,3}}|{_C}{{1,6}}(?:[者员师士]|[^病成]人|签名|签字|签章|姓名))$"
)
_LABEL_SPACE = re.compile(
    rf"(?:{ROLE}|{TITLE}|{KIN_WORD})(?:{_SUFFIX}){{0,3}}(?: {{1,4}}|\n ?)(?={_C}|[A-Z][a-z])"
)
_DIRECT = re.compile(
    rf"(?:(?:{ROLE}|检查)(?:者|人员?|员|姓名|签名|签字)|姓名|签名|签字|术者|主刀|[一二三ⅠⅡⅢ]助|助手|医师|医生|护士长?|护师|助产士|技师|药师|治疗师"
    rf"|教授|司机|护工|[^患或前后]者|[^医教大老军律]师|[人队会职]员|[^护女男]士|曾用名|签发|签收|主任|院长|科长|会计|书记|工程师|律师|患者|患儿|病人|病员|产妇|死者|该患|村民|村医|民警|{KIN_WORD}|代签人?|接生)[(:“\"]?(?={_C}{{2}})"
)
_LED = re.compile(rf"(?:{LEAD})(?={_C}{{2}})")
_DOES = re.compile(PERSON_VERB)
_BOUNDED = re.compile(rf"{_C}{{2,3}}(?!{_C})")
_WITH_SEX = re.compile(
    rf"(?:^|患者|患儿|病人|病员|死者|伤者|产妇|该患|[。;:]){{1}} ?(?P<n>(?!患者|患儿|病人|病员|死者|伤者|产妇|该患){_C}{{2,4}}|{_ETHNIC}) ?[,·] ?[男女](?=[,· ]|性[,,])",
    re.M,
)
_WITH_KIN = re.compile(
    rf"(?<![{LETTER}])(?P<n>{_C}{{2,4}}) ?[(](?:患者|患儿|科主任|经治|父|母|丈夫|妻|儿子|女儿|外孙|孙|护士|医师|医生|家属|兄|弟|姐|妹|女婿|儿媳)"
)
_SPELT = re.compile(rf"姓(?P<surname>{_C})[,, ]{{1,2}}名(?P<given>{_C}{{1,2}})(?!{_C})")
_OF_PATIENT = re.compile(r"患者|患儿|病人|病员|该患|产妇")
_RELATION = frozenset("子女妻夫父母兄弟姐妹侄孙媳婿")
_IN_BRACKETS = re.compile(rf"[(“\"](?={_C}{{2,4}} ?(?:[,、)”\"]|之))")
_AFTER_NAME = (
    r" {0,3}[,|·(:、] ?[男女](?![㐀-鿿]{2,})| {1,4}[男女](?![㐀-鿿])| {1,3}[MF] | {1,2}\d\.[男女]| {0,2}[(](?:患|男|女|其|儿|丈夫|妻|夫|父|母|子|侄|姐|妹|兄|弟|孙|外|科主任"
    r"|经治|护|医|家属|\d|手机|电话|[A-Z]{1,4}\d|警|民警|工号|系|与|江|院|住|床)| {0,2}[(:,]? ?(?:电话:?)?(?:\+?86[- ]?)?1[3-9]\d{9}"
    r"| {1,4}(?:\d{1,2}:\d\d|(?:19|20)\d\d[-./年]|\d\d-\d\d )| ?\||之[子女妻夫父母]|家属? ?[(,，]| {1,3}[12]\.[男女]"
)
_NAME = rf"(?<![{LETTER}·])(?:{_ETHNIC}|{_C}{{2,4}}|{_C}(?P<gap> {{1,3}}){_C}(?:(?P=gap){_C})?)"
_FIRST = re.compile(rf"(?P<n>{_NAME})(?={_AFTER_NAME})")
_SPEAKS = re.compile(
    rf"(?:^|[\n。;:,] ?)(?P<n>{_C}{{2,3}})(?=:(?!\d)|{PERSON_VERB}|[今昨]|自称|已[于开])", re.M
)
_PAIR = re.compile(
    rf"(?<![{LETTER}])(?P<a>{_C}{{2,3}}) ?[/→、] ?(?P<b>{_C}{{2,3}})(?P<both>双人|[两二]人|共同)|(?<![{LETTER}])(?P<c>{_C}{{2,3}}) ?[/→] ?(?P<d>{_C}{{2,3}})(?![{LETTER}])"
)
_BED = re.compile(
    rf"(?:床[位号]?|\d ?[|-]|[|] ?\d{{1,3}})[:,| -]{{0,3}}(?={_C})|\d{{1,2}} (?={_C}{{2,3}} [{LETTER}])"
)
_TAIL = re.compile(
    rf"(?:[。.;!)|%,] {{0,40}}| {{2,40}}|\d ?|^ *)(?P<n>{_C}{{2,4}}|{_C}(?P<gap> {{1,3}}){_C}(?:(?P=gap){_C})?|{_ETHNIC})(?= *$|[/、] ?{_C}{{2,3}} *$)",
    re.M,
)
_MASKED = re.compile(
    rf"(?P<n>[{''.join(sorted(SURNAMES))}](?:某{{1,2}}(?![年月日时个些种处院地天次项一])|[×xX*○◯□△]{{1,2}}(?![\dA-Za-z线光片型染])))"
)
_ALONE = re.compile(rf"(?<![{LETTER}A-Za-z0-9])(?P<n>{_C}{{3}}|{_ETHNIC})(?![{LETTER}A-Za-z0-9%])")
_BETWEEN = re.compile(
    rf" {{0,3}}[、,/;|→] {{0,2}}(?={_C})| {{1,3}}(?={_C}{{2,3}}(?![{LETTER}]))|[和及与](?={_C}{{2}})"
)
_NEXT_IN_LIST = re.compile(rf"(?: ?[(][^()\n]{{0,12}}[)])? ?[、/→] ?(?={_C}{{2}})")
_LAST_IN_LIST = re.compile(rf"(?<![{LETTER}])(?P<n>{_C}{{2,3}}) ?[、/→] ?$")
_BEHIND = re.compile(rf" ?[(][^()\n]{{0,20}}[)]| ?(?:{TITLE})")
_NEVER_SECOND = frozenset(
    "了的是不未已被把患感请查给该每些这那吗呢吧没很最较约在无将及或等到此又各有因于与为予示对后前中内外上下"
)
_BODY = frozenset(
    "腹肢腔叶肺肾肝胃肠腋盲囊颈椎肌膜脑脾胰胆尿便咳痰喘氧离压脉率律射侧界坐取置扩缩肿拇趾指膝踝胸腰背臂腿足鼻耳喉牙舌"
)
_NEVER = frozenset("了的不未已被把患请查给该每些这那吗呢吧没很最较")
_ENDS_EARLY = frozenset("因于在诉称示说的均予将")
_BEFORE_TITLE = frozenset(
    "请由经及和与据遵示日时午今昨晨夜同在随邀于向按嘱报告跟助者科为对室找院医组:是让并签家办员士师任长机诊"
)

Known = Callable[[str], bool]


@dataclass(frozen=True)
class Found:
    """A span of the text that names someone or something, and of which kind that is."""

    start: int
    end: int
    kind: str


def people(text: str, known: Known = lambda _: False) -> Iterator[Found]:
    """Spans of names in a folded text; `known` says of letters that they are a name of this admission."""
    reading = _Reading(text, known)
    finders = (reading.labelled, reading.titled, reading.led, reading.first, reading.tails)
    found = {(one.start, one.end): one for finder in finders for one in finder()}
    yield from found.values()
    yield from reading.listed(found.values())


class _Reading:
    """One text with what is already known; every finder looks for one kind of company a name keeps."""

    def __init__(self, text: str, known: Known) -> None:
        self._text, self._known = text, known

    def labelled(self) -> Iterator[Found]:
        text = self._text
        for sign in re.finditer(rf"(?<=[{LETTER}) ]):", text):
            label = "".join(text[max(0, sign.start() - 24) : sign.start()].split(" "))[-14:]
            label = label.rsplit("\n")[-1]
            if _LABEL_END.search(label):
                yield from self._people_at(sign.end(), label, 3 if certain(re.sub(r"\(.*", "", label)) else 2)
        for match in re.finditer(rf"(?:签名|姓名|签字);", text):
            yield from self._people_at(match.end(), match[0][:-1], 3)
        for match in _LABEL_SPACE.finditer(text):
            label = match[0].strip()
            bounded = _BOUNDED.match(text, match.end())
            yield from self._people_at(match.end(), label, 2 if bounded or certain(label) else 1)
        for match in _DIRECT.finditer(text):
            bounded = _BOUNDED.match(text, match.end())
            strong = (
                bounded
                and not _OF_PATIENT.match(match[0])
                or match[0][-1] in _RELATION
                and len(match[0]) == 1
            )
            found = self._one_at(match.end(), 2 if strong else 1)
            if found:
                yield Found(match.end(), found, kind_of(match[0]))
        for pattern in (_WITH_SEX, _WITH_KIN):
            for match in pattern.finditer(text):
                if self._plausible(_letters(match["n"]), 3):
                    yield Found(*match.span("n"), PATIENT if pattern is _WITH_SEX else PERSON)
        for match in _SPELT.finditer(text):
            yield Found(*match.span("surname"), PERSON)
            yield Found(*match.span("given"), PERSON)

    def titled(self) -> Iterator[Found]:
        text = self._text
        for match in _TITLED.finditer(text):
            start = self._before_title(match.start(), match.end())
            if start is not None:
                end = match.start()
                while text[end - 1] == " ":
                    end -= 1
                yield Found(start, end, kind_of(match[0]))

    def led(self) -> Iterator[Found]:
        for match in _LED.finditer(self._text):
            found = self._one_at(match.end(), 1)
            if found:
                yield Found(match.end(), found, PATIENT if "患" in match[0] else PERSON)
        for match in _IN_BRACKETS.finditer(self._text):
            found = self._one_at(match.end(), 1)
            if found:
                yield Found(match.end(), found, PERSON)

    def first(self) -> Iterator[Found]:
        for pattern, level in ((_FIRST, 2), (_SPEAKS, 1), (_ALONE, 1)):
            for match in pattern.finditer(self._text):
                if self._plausible(_letters(match["n"]), level):
                    yield Found(*match.span("n"), PERSON)
        for match in _BED.finditer(self._text):
            found = self._one_at(match.end(), 2)
            if found:
                yield Found(match.end(), found, PATIENT if "床" in match[0] else PERSON)
        for match in _PAIR.finditer(self._text):
            groups = "ab" if match["both"] else "cd"
            names = [match[group] for group in groups]
            sure = match["both"] or any(self._plausible(one, 1) for one in names)
            if sure and all(self._plausible(one, 2) for one in names):
                yield from (Found(*match.span(group), PERSON) for group in groups)
        for match in _MASKED.finditer(self._text):
            yield Found(*match.span("n"), PERSON)

    def tails(self) -> Iterator[Found]:
        for match in _TAIL.finditer(self._text):
            if self._plausible(_letters(match["n"]), 2):
                yield Found(*match.span("n"), PERSON)

    def listed(self, found: Iterable[Found]) -> Iterator[Found]:
        """The neighbours of a name in a list: whoever stands there is a person too."""
        text = self._text
        for one in found:
            at, kind = one.end, one.kind
            for _ in range(40):
                after = _NEXT_IN_LIST.match(text, at)
                if not after:
                    break
                start = after.end()
                at = self._one_at(start, 2 if _BOUNDED.match(text, start) else 1)
                if not at:
                    break
                yield Found(start, at, kind)
            before = _LAST_IN_LIST.search(text[max(0, one.start - 8) : one.start])
            if before and self._plausible(before["n"], 2):
                start = max(0, one.start - 8) + before.start("n")
                yield Found(start, start + len(before["n"]), kind)

    def _people_at(self, at: int, label: str, level: int) -> Iterator[Found]:
        """The names of a list that begins here."""
        text, limit = self._text, at + 160
        kind = kind_of(label)
        blanks = re.compile(r" {0,4}(?:\n ?)?").match(text, at)
        at = blanks.end() if blanks else at
        first = True
        while at < limit:
            end = self._one_at(at, level if first else min(level, 2))
            if not end:
                return
            yield Found(at, end, kind)
            while behind := _BEHIND.match(text, end):
                end = behind.end()
            between = _BETWEEN.match(text, end)
            if not between:
                if not (end < len(text) and _RUN.match(text, end)):
                    return
                at = end
            else:
                at = between.end()
            first, level = False, min(level, 2) if between and " " not in between[0] else 1

    def _one_at(self, at: int, level: int) -> int:
        """Where the name that begins here ends; 0 where none begins."""
        text = self._text
        if whole := _WHOLE.match(text, at):
            return whole.end() if level > 1 or "·" in whole[0] else 0
        run = _RUN.match(text, at)
        if not run:
            return 0
        if len(run[0]) == 1 and (spaced := _SPACED.match(text, at)):
            places = [place for place in range(*spaced.span()) if text[place] != " "]
        else:
            places = list(range(*run.span()))
        if at + 13 > run.end() and text[run.end() : run.end() + 1] in ("某", "×"):
            places.append(run.end())
        rest = text[places[-1] + 1 : places[-1] + 4]
        size = self._cut("".join(text[place] for place in places), level, rest)
        return places[size - 1] + 1 if size else 0

    def _cut(self, run: str, level: int, after: str) -> int:
        if len(run) == 3 and run[2] in _ENDS_EARLY and self._plausible(run[:2], level):
            return 2
        if len(run) <= (4 if level == 3 or run[:2] in COMPOUND else 3) and self._plausible(run, level):
            return len(run)
        for size in (3, 4, 2) if run[:2] in COMPOUND else (2, 3):
            if size < len(run) and _DOES.match(run[size:]) and self._plausible(run[:size], max(level, 2)):
                return size
        for size in (3, 4, 2) if run[:2] in COMPOUND else (2, 3):
            if size < len(run) and FOLLOW.match(run[size:] + after) and self._plausible(run[:size], level):
                return size
        if len(run) > 1 and alone_is_a_name(run[0]) and _TITLE.match(run, 1):
            return 1
        if level == 3 and len(run) > 4 and is_surname(run, rare=False) and not never_a_name(run[:2]):
            return 3
        return 0

    def _plausible(self, letters: str, level: int) -> bool:
        if "·" in letters or not "㐀" <= letters[0]:
            return True
        if self._known(letters):
            return True
        if level == 3:
            if not 2 <= len(letters) <= 4 or blank(letters) or _A_ROLE.search(letters):
                return False
            return is_surname(letters, rare=False) or not (
                clinical(letters) or a_word(letters) or _NEVER & set(letters)
            )
        if len(letters) < 2 or len(letters) > (4 if letters[:2] in COMPOUND else 3):
            return False
        if not is_surname(letters) or never_a_name(letters) or clinical(letters) or _A_ROLE.search(letters):
            return False
        if level == 2:
            return letters[1] not in _NEVER and not never_a_name(letters[:2])
        return (
            is_surname(letters, rare=False)
            and not a_word(letters)
            and not never_a_name(letters[:2])
            and not (_NEVER | _BODY) & set(letters)
            and (len(letters) > 2 or letters[1] not in _NEVER_SECOND and letters[0] not in AMBIGUOUS)
        )

    def _before_title(self, at: int, after: int) -> int | None:
        """Where the name that ends before a title begins."""
        text = self._text
        places: list[int] = []
        place = at - 1
        while place >= 0 and len(places) < 6 and at - place < 14:
            if text[place] == " " and (not places or place > 0 and text[place - 1] != " "):
                place -= 1
                continue
            if not re.match(_C, text[place]):
                break
            places.append(place)
            place -= 1
        letters = "".join(text[one] for one in reversed(places))
        best, best_score = None, 2
        for size in range(1, min(4, len(letters)) + 1):
            name, before = letters[-size:], letters[-size - 1 : -size]
            if size == 1 and _TO_TITLE.match(text, after):
                continue
            score = self._score_before_title(name, before)
            if score > best_score:
                best, best_score = places[size - 1], score
        return best

    def _score_before_title(self, name: str, before: str) -> int:
        if self._known(name):
            return 9
        edge = 2 if not before or before in _BEFORE_TITLE else 0
        if len(name) == 1 or name in COMPOUND:
            return edge + 1 if alone_is_a_name(name) or (not before and is_surname(name, rare=False)) else 0
        if len(name) == 4 and name[:2] not in COMPOUND or not self._plausible(name, 2):
            return 0
        if name[0] in _BEFORE_TITLE and name[1] in SURNAMES and edge == 0:
            return 0
        return edge + 2 + (len(name) > 2) - (2 if a_word(name) and edge == 0 else 0)


def _letters(name: str) -> str:
    return name.replace(" ", "")
