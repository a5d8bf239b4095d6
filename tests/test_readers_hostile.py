"""Files bent on harm or damaged on the way: refused with a sentence or read, never a traceback, a hang or a flood."""

import io
import random
import time
import zipfile

import docx
import openpyxl
import pytest
from made_pdf import Put, paragraph, write_pdf

from knowledge.holding.adding import add_paths
from knowledge.holding.reading import Reader
from knowledge.holding.shelf import REFUSED
from knowledge.holding.sources import read_source
from knowledge.readers import UnreadableFile

TEXT = "第{}条 定点医疗机构应当执行实名就医和购药管理规定，核验参保人员医疗保障凭证，按照诊疗规范提供合理的医药服务。"
MUTANTS = 80  # of each format


@pytest.fixture(scope="module")
def reader():
    one = Reader(seconds=30)
    yield one
    one.close()


def word_file(path):
    document = docx.Document()
    for number in range(1, 9):
        document.add_paragraph(TEXT.format(number))
    table = document.add_table(3, 3)
    for row in table.rows:
        for cell in row.cells:
            cell.text = "重复收费"
    document.save(path)


def sheet_file(path):
    book = openpyxl.Workbook()
    book.active.append(["项目名称", "说明", "价格"])
    for row in range(60):
        book.active.append([f"编号{row}", TEXT.format(row), row * 1.5])
    book.save(path)


def page_file(path):
    rows = "".join(f"<tr><td rowspan=2>{n}</td><td>{TEXT.format(n)}</td></tr>" for n in range(9))
    path.write_text(
        f"<html><title>某办法</title><body><ol><li>甲</ol><table>{rows}</table></body></html>", "utf-8"
    )


def pdf_file(path):
    write_pdf(path, [[Put(80, 40, "某办法", 9), *paragraph(TEXT.format(n) * 3)] for n in range(1, 4)])


MAKERS = {".docx": word_file, ".xlsx": sheet_file, ".html": page_file, ".pdf": pdf_file}


def mutated(content, chance):
    """The file cut off, with bytes changed, a stretch taken out, doubled or overwritten."""
    spoilt = bytearray(content)
    at = chance.randrange(len(spoilt))
    stretch = slice(at, at + chance.randrange(1, 400))
    match chance.randrange(5):
        case 0:
            del spoilt[at:]
        case 1:
            for _ in range(chance.choice((1, 3, 20, 200))):
                spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        case 2:
            del spoilt[stretch]
        case 3:
            spoilt[at:at] = spoilt[stretch]
        case 4:
            spoilt[stretch] = chance.randbytes(len(spoilt[stretch]))
    return bytes(spoilt)


def mutated_part(content, chance):
    """An Office package whose archive is sound and one of whose parts is not."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name in parts if len(parts[name]) > 100])
    parts[name] = mutated(parts[name], chance)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("suffix", MAKERS)
def test_damaged_files_are_read_or_refused_with_a_sentence(suffix, reader, tmp_path):
    whole = tmp_path / f"a{suffix}"
    MAKERS[suffix](whole)
    content, chance = whole.read_bytes(), random.Random(suffix)
    for number in range(MUTANTS):
        file = tmp_path / f"{number}{suffix}"
        spoil = mutated_part if suffix in (".docx", ".xlsx") and number % 2 else mutated
        file.write_bytes(spoil(content, chance))
        begun = time.monotonic()
        try:
            source = reader.read(file, tmp_path / "cache")
        except UnreadableFile as refusal:
            assert refusal.problem
            assert "程序" not in refusal.problem  # neither a defect of ours nor a crash beneath us
            assert refusal.remedy.startswith("请")
        else:
            assert source.document.title
        assert time.monotonic() - begun < 60
    assert reader.read(whole, None).passages


def packed(path, name, content, others=()):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        for other, text in others:
            archive.writestr(other, text)


@pytest.mark.parametrize(
    ("suffix", "name"), [(".docx", "word/document.xml"), (".xlsx", "xl/worksheets/sheet1.xml")]
)
def test_a_bomb_is_refused_before_it_is_unpacked(suffix, name, tmp_path):
    packed(tmp_path / f"a{suffix}", name, b"\0" * 60_000_000)
    with pytest.raises(UnreadableFile, match="解压后过大"):
        read_source(tmp_path / f"a{suffix}")


def test_a_bomb_that_hides_its_size_is_refused(tmp_path, reader):
    """The directory of the archive claims a small size; what unpacks is far larger."""
    file = tmp_path / "a.xlsx"
    packed(file, "xl/worksheets/sheet1.xml", b"\0" * 60_000_000)
    content = bytearray(file.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = (1000).to_bytes(4, "little")
    content[22:26] = (1000).to_bytes(4, "little")
    file.write_bytes(content)
    with pytest.raises(UnreadableFile):
        reader.read(file, None)


def entities(depth):
    lines = ['<!ENTITY a0 "甲甲甲甲甲甲甲甲甲甲">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, depth)]
    return "<?xml version='1.0'?><!DOCTYPE x [" + "".join(lines) + f"]><x>&a{depth - 1};</x>"


@pytest.mark.parametrize(
    ("suffix", "name"), [(".docx", "word/document.xml"), (".xlsx", "xl/sharedStrings.xml")]
)
def test_entities_that_multiply_are_no_flood(suffix, name, tmp_path, reader):
    whole = tmp_path / f"a{suffix}"
    MAKERS[suffix](whole)
    with zipfile.ZipFile(whole) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = entities(10).encode()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    begun = time.monotonic()
    try:
        text = reader.read(whole, None).text
    except UnreadableFile:
        text = ""
    assert len(text) < 1_000_000
    assert time.monotonic() - begun < 40


def test_a_sheet_with_one_cell_far_away_is_no_flood(tmp_path, reader):
    book = openpyxl.Workbook()
    book.active.append(["项目名称", "说明"])
    book.active.append(["甲项目", "不得与乙项目同时收取"])
    book.active["XFD1048576"] = "远"
    book.save(tmp_path / "a.xlsx")
    begun = time.monotonic()
    assert reader.read(tmp_path / "a.xlsx", None).passages
    assert time.monotonic() - begun < 40


@pytest.mark.parametrize("name", ["深.html", "长.html", "多.html"])
def test_pages_deep_long_and_many_celled_are_read(name, tmp_path, reader):
    pages = {
        "深.html": "<div>" * 20_000 + TEXT.format(1) + "</div>" * 20_000,
        "长.html": f"<p>{TEXT.format(1) * 20_000}</p>",
        "多.html": "<table>" + "<tr>" + "<td>甲乙丙</td>" * 2_000 + "</tr>" * 40 + "</table>",
    }
    (tmp_path / name).write_text(pages[name], encoding="utf-8")
    begun = time.monotonic()
    try:
        assert reader.read(tmp_path / name, None).document.title
    except UnreadableFile as refusal:
        assert refusal.remedy
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.txt", b""),
        ("空白.txt", b" \n\t\n"),
        ("零.csv", b"\0\0\0\0"),
        ("图.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
        (
            "乱码.txt",
            "定点医疗机构应当执行实名就医和购药管理规定".encode("gb18030").decode("latin-1").encode(),
        ),
        ("又乱码.txt", TEXT.encode().decode("gb18030", errors="replace").encode()),
        ("引号.csv", '名称,说明\n"甲,乙\n'.encode() + b"x" * 200_000),
        ("坏.jsonl", b'{"a": 1\n'),
        ("深.jsonl", b'{"a":' * 5000),
        ("数组.jsonl", b"[1,2]\n"),
        ("头.md", "---\ntitle: [\n---\n正文写在这里。\n".encode()),
    ],
)
def test_odd_small_files_get_a_state_and_stop_nothing(name, content, tmp_path):
    (tmp_path / "来源").mkdir()
    (tmp_path / "来源" / name).write_bytes(content)
    (tmp_path / "来源" / "好.txt").write_text(TEXT.format("一") + "\n" + TEXT.format("二"), encoding="utf-8")
    states = {
        state.file.rpartition("/")[2]: state for state in add_paths(tmp_path / "home", [tmp_path / "来源"])
    }
    assert states["好.txt"].passages == 2
    assert states[name].said
    if name in ("空.txt", "零.csv", "图.txt", "乱码.txt", "又乱码.txt", "坏.jsonl", "深.jsonl", "数组.jsonl"):
        assert states[name].state == REFUSED
