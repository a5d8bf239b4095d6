"""Plain text: the bytes of a file to one normal form of Chinese text, and the fold that quotes are compared in.

The normal form is what everything downstream stores, counts positions in and shows. It is NFKC (full-width
letters and digits, ligatures, units such as ㎎, compatibility ideographs, Kangxi radicals) plus the CJK
Radicals Supplement, with three things left as written because folding them would change what is read:
Chinese punctuation （，：；）, which readers expect; superscripts, circled numbers and fractions, since
10⁹ is not 109, ①20mg not 120mg and 1½ not 11⁄2; and line breaks, which carry the page's layout.
The fold goes the whole way and drops white space: two quotes are the same when their folds are.
"""

import codecs
import hashlib
import re
import unicodedata
from pathlib import Path

from knowledge.readers import Page, ReadText, UnreadableFile

LARGEST_TEXT = 100 * 1024 * 1024
# Targets of U+2E80…U+2EF3 in code point order; U+2E9A is unassigned. NFKC maps only two of them.
_RADICALS = (
    "冫厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尢巳幺彑彐忄㣺扌攵\u2e9a旡日月歺母民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒㓁㓁网羊羊羊"
    "耂肀聿肉臼艹艹艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
_BEFORE = {0x2E80 + place: target for place, target in enumerate(_RADICALS)}
_BEFORE |= dict.fromkeys(map(ord, "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
# NFKC takes the radical ⼾ to 戶; the text layers that carry it mean 户.
_BEFORE[0x2F3E] = "户"
_BEFORE[0x301C] = "~"
_KEPT = "，。：；（）！？、…“”‘’《》〈〉【】「」『』〔〕—·￥｜" + "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻" + "¼½¾⅓⅔⅛⅜⅝⅞"
_KEPT += "".join(chr(code) for code in (*range(0x2460, 0x2474), *range(0x2776, 0x277F)))
_FOLDABLE = re.compile(f"[^{re.escape(_KEPT)}]+")
# Control and invisible characters carry no text and can hide or reorder it.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f]"
)
_STRAY = re.compile("[\ue000-\uf8ff\ufffd]")


def normalise(text: str) -> str:
    """The one normal form; idempotent, so it may be applied to text of unknown origin."""
    text = text.replace("\r\n", "\n").translate(_BEFORE)
    return _FOLDABLE.sub(lambda run: unicodedata.normalize("NFKC", run.group()), _INVISIBLE.sub("", text))


class _Fold(dict[int, str]):
    """Folds one character; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = "户" if code == 0x6236 else chr(code)
        folded = "".join(unicodedata.normalize("NFKC", normalise(character)).split())
        self[code] = folded
        return folded


_FOLD = _Fold()


def fold(text: str) -> str:
    """Full NFKC without white space: two quotes are equal when their folds are."""
    return normalise(text).translate(_FOLD)


def fold_with_map(text: str) -> tuple[str, tuple[int, ...]]:
    """The fold of normalised text, and for each folded character the position it came from."""
    pieces = [_FOLD[ord(character)] for character in text]
    positions = tuple(place for place, piece in enumerate(pieces) for _ in piece)
    return "".join(pieces), positions


def find_quote(quote: str, text: str, begin: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """Where a quote stands in normalised text, white space aside: (start, end), or None if it does not."""
    wanted = fold(quote)
    exact = text.find(quote, begin, end if end is not None else len(text)) if quote else -1
    if exact >= 0:
        return exact, exact + len(quote)
    folded, positions = fold_with_map(text[begin:end])
    at = folded.find(wanted) if wanted else -1
    return None if at < 0 else (begin + positions[at], begin + positions[at + len(wanted) - 1] + 1)


def decode(content: bytes) -> tuple[str, str, tuple[str, ...]]:
    """Bytes to (text, encoding, notes): byte order mark, else strict UTF-8, else strict GB18030, else damage."""
    if not content[:4096].strip(b"\x00 \t\r\n") and not content.strip(b"\x00 \t\r\n"):
        raise UnreadableFile("文件是空的", "请重新导出该文件")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(content, "utf-16"), "UTF-16", ("文件为 UTF-16 编码，已转换",)
    if b"\x00" in content:
        raise UnreadableFile("文件不是文本", "请确认扩展名与内容相符，或换成 .txt .docx .pdf")
    for encoding, name in (("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if name == "UTF-8" or not _garbled(text):
            return text, name, ()
    return _damaged(content)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise UnreadableFile(f"文件声明为 {encoding} 编码，但内容不符", "请以 UTF-8 重新导出") from problem


def _garbled(text: str) -> bool:
    """GB18030 accepts nearly any bytes; text of which a twentieth is unassigned or private use is not text."""
    return 20 * len(_STRAY.findall(text)) > len(text)


def _damaged(content: bytes) -> tuple[str, str, tuple[str, ...]]:
    """A file with a few broken bytes is still read; the note counts them."""
    for encoding, name in (("utf-8", "UTF-8"), ("gb18030", "GB18030")):
        text = content.decode(encoding, errors="replace")
        broken = text.count("\ufffd")
        wide = sum(character > "\x7f" for character in text) - broken
        if wide >= 20 * broken and not _garbled(text):
            return text, name, (f"有 {broken} 处字节损坏，以 � 代替",)
    raise UnreadableFile("文件既不是 UTF-8 也不是 GB18030 编码", "请另存为 UTF-8 编码的文本")


def read_bytes(path: Path, largest: int) -> bytes:
    """The content of a file that is there, not empty and not larger than it may be."""
    try:
        size = path.stat().st_size
        if size > largest:
            raise UnreadableFile(
                f"文件过大（{size // 1048576} MB，上限 {largest // 1048576} MB）", "请拆分后再放入"
            )
        content = path.read_bytes()
    except OSError as problem:
        raise UnreadableFile(
            f"文件打不开（{problem.strerror}）", "请检查文件是否存在、是否有读取权限"
        ) from problem
    if not content:
        raise UnreadableFile("文件是空的", "请重新导出该文件")
    return content


def one_page(
    text: str,
    *,
    encoding: str | None = None,
    notes: tuple[str, ...] = (),
    meta: tuple[tuple[str, str], ...] = (),
    sha256: str = "",
) -> ReadText:
    """A `ReadText` for formats without pages; `text` is raw and is normalised here."""
    normal = normalise(text)
    return ReadText(normal, (Page(None, 0, len(normal)),), encoding, notes, meta, sha256)


def read_text(path: Path) -> ReadText:
    """A .txt or .md file."""
    content = read_bytes(path, LARGEST_TEXT)
    text, encoding, notes = decode(content)
    return one_page(text, encoding=encoding, notes=notes, sha256=hashlib.sha256(content).hexdigest())
