"""PDFs bent on harm: cut off, looped, swollen, with scripts, files inside and bombs, made from sound ones.

A mutation is named and drawn from the seed and its own number, so that each can be made again.
"""

import random
import re
import zlib
from collections.abc import Callable, Container, Iterator
from functools import cache
from pathlib import Path

CATALOG = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
Chance = random.Random


def truncated(content: bytes, chance: Chance) -> bytes:
    return content[: chance.randrange(1, len(content))]


def flipped(content: bytes, chance: Chance) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 4, 40, 400))):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def cut_out(content: bytes, chance: Chance) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + content[at + chance.randrange(1, 2000) :]


def doubled(content: bytes, chance: Chance) -> bytes:
    at = chance.randrange(len(content))
    return (
        content[:at] + content[at : at + chance.randrange(1, 4000)] * chance.choice((2, 3, 50)) + content[at:]
    )


def overwritten(content: bytes, chance: Chance) -> bytes:
    at, size = chance.randrange(len(content)), chance.randrange(1, 1000)
    return content[:at] + chance.randbytes(size) + content[at + size :]


def misdirected(content: bytes, chance: Chance) -> bytes:
    """References lead to other objects, some of them back to where they come from."""
    most = max([int(number) for number in re.findall(rb"(\d{1,6}) 0 obj", content)] or [9])
    return re.sub(
        rb"\b\d{1,6} 0 R",
        lambda found: b"%d 0 R" % chance.randrange(most + 2) if chance.random() < 0.2 else found[0],
        content,
    )


def circling(content: bytes, chance: Chance) -> bytes:
    """The page tree holds itself, and the cross-reference goes back to itself."""
    at = content.rfind(b"startxref")
    start = re.search(rb"startxref\s+(\d+)", content[at:]) if at >= 0 else None
    looped = re.sub(rb"/Kids\s*\[\s*\d+ 0 R", b"/Kids [2 0 R 1 0 R", content)
    return re.sub(rb"/Prev \d+", b"/Prev %d" % int(start[1] if start else 9), looped)


def swollen(content: bytes, chance: Chance) -> bytes:
    """Numbers that promise more than there is: pages, lengths, sizes of a page."""
    for key in (rb"/MediaBox\s*\[[^\]]*\]", rb"/Length \d+", rb"/Size \d+", rb"/Count \d+", rb"/Width \d+"):
        if chance.random() < 0.5:
            name = key.split(b"\\")[0].split(b" ")[0]
            huge = (
                b" [0 0 1000000 1000000]"
                if b"Media" in key
                else b" %d" % chance.choice((2**31 - 1, 10**9, 99999999))
            )
            content = re.sub(key, lambda _, new=name + huge: new, content)
    return content


def appended(content: bytes, objects: bytes, chance: Chance) -> bytes:
    """An update that replaces the first objects by worse ones."""
    previous = re.findall(rb"startxref\s+(\d+)", content)
    start = len(content) + 1 + len(objects)
    table = b"".join(
        b"%d 1\n%010d 00000 n \n" % (int(found[1]), len(content) + 1 + found.start())
        for found in re.finditer(rb"(\d+) 0 obj", objects)
    )
    return content + b"\n" + objects + b"xref\n" + table + (
        b"trailer\n<< /Size 9999 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (int(previous[-1]) if previous else 0, start)
    )  # fmt: skip


@cache
def _packed() -> bytes:
    return zlib.compress(zlib.compress(b"0 0 m 9 9 l S\n" * 8_000_000, 9), 9)


def bomb(content: bytes, chance: Chance) -> bytes:
    """Streams that unpack to a hundred megabytes, one inside the other."""
    packed = _packed()
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (
        len(packed),
        packed,
    )
    page = (
        CATALOG + b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>\nendobj\n4 0 obj\n"
    )
    return appended(content, page + stream + b"\nendobj\n", chance)


def nested(content: bytes, chance: Chance) -> bytes:
    depth = chance.choice((200, 5000, 100_000))
    return appended(content, b"1 0 obj\n" + b"[" * depth + b"]" * depth + b"\nendobj\n", chance)


def scripted(content: bytes, chance: Chance) -> bytes:
    """A script that runs on opening, and a file inside."""
    return appended(
        content,
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while\\(1\\){app.alert\\(1\\)}) >>"
        b" /Names << /EmbeddedFiles << /Names [(a.pdf) << /EF << /F 900 0 R >> >>] >> >> >>\nendobj\n"
        b"900 0 obj\n<< /Type /EmbeddedFile /Length 30 >>\nstream\n%PDF-1.7 startxref 9 %%EOF    \nendstream\nendobj\n",
        chance,
    )


def many_updates(content: bytes, chance: Chance) -> bytes:
    for _ in range(chance.choice((30, 200))):
        content = appended(content, b"9990 0 obj\n<< /A %d >>\nendobj\n" % chance.randrange(999), chance)
    return content


def many_pages(content: bytes, chance: Chance) -> bytes:
    kids = b"3 0 R " * chance.choice((5000, 90_000))
    return appended(
        content,
        b"%s2 0 obj\n<< /Type /Pages /Kids [%s] /Count %d >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n"
        % (CATALOG, kids, len(kids) // 6),
        chance,
    )


PLAIN: tuple[Callable[[bytes, Chance], bytes], ...] = (
    truncated, flipped, cut_out, doubled, overwritten, misdirected, circling, swollen,
)  # fmt: skip
MADE: tuple[Callable[[bytes, Chance], bytes], ...] = (bomb, nested, scripted, many_updates, many_pages)


def mutations(
    folder: Path, count: int, seed: int, wanted: Container[int] | None = None
) -> Iterator[tuple[int, str, str, bytes]]:
    """Number, source, name of the mutation and the bent file, each settled by the seed and its number."""
    sources = sorted(folder.rglob("*.pdf"))
    if not sources:
        raise FileNotFoundError(f"{folder} 里没有 PDF；请用 --folder 指定放 PDF 的文件夹。")
    for number in range(count):
        if wanted is not None and number not in wanted:
            continue
        chance = random.Random(f"{seed}/{number}")
        source = sources[number % len(sources)]
        bend = chance.choice(PLAIN) if chance.random() < 0.85 else chance.choice(MADE)
        yield number, source.name, bend.__name__, bend(source.read_bytes(), chance)
