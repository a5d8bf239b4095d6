"""Ingestion from file to library: every reference file read or refused, nothing of a body lost, facts where they stand."""

import re
from pathlib import Path

import pytest
from made_pdf import typeset, write_pdf

from knowledge.cutting.documents import read_document
from knowledge.cutting.passages import cut_passages
from knowledge.holding.sources import read_source
from knowledge.readers import UnreadableFile
from knowledge.readers.files import read_file
from knowledge.readers.prose import running_text

SHARED = Path(__file__).parents[2] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared 不在检出目录旁，没有参考资料")
FOLDERS = (
    "reference/regulations",
    "corpus",
    "reference/catalogues",
    "reference/pdf/cjk",
    "reference/pdf/hard",
)
TEXTS = ("reference/regulations", "corpus")

COUNTS = {  # beginning of the file's name → kind, how many, name of the first and the last
    "01_": ("article", 50, "第一条", "第五十条"),
    "02b_": ("article", 32, "第一条", "第三十二条"),
    "02c_": ("article", 53, "第一条", "第五十三条"),
    "02d_": ("article", 62, "第一条", "第六十二条"),
    "03_": ("point", 26, "第1点", "第26点"),
    "05_": ("article", 38, "第一条", "第三十八条"),
    "06_": ("article", 32, "第一条", "第三十二条"),
    "07_": ("article", 31, "第一条", "第三十一条"),
    "09_": ("article", 27, "第一条", "第二十七条"),
    "13_": ("article", 32, "第一条", "第三十二条"),
    "30_": ("row", 202, "序号 1", "药店清单 序号 19"),
    "41_": ("article", 98, "第一条", "第九十八条"),
    "42_": ("article", 63, "第一条", "第六十三条"),
    "43_": ("article", 55, "第一条", "第五十五条"),
    "44_": ("article", 56, "第一条", "第五十六条"),
    "45_": ("article", 67, "第一条", "第六十七条"),
    "46_": ("article", 110, "第一条", "第一百一十条"),
    "47_": ("article", 48, "第一条", "第四十八条"),
    "48_": ("article", 25, "第一条", "第二十五条"),
    "49_": ("article", 86, "第一条", "第八十六条"),
    "50_": ("article", 11, "第一条", "第十一条"),
    "51_": ("article", 66, "第一条", "第六十六条"),
    "52_": ("article", 59, "第一条", "第五十九条"),
    "53_": ("article", 155, "第一条", "第一百五十五条"),
}
DATA_ROWS = {"33_": 378, "34_": 900, "35_": 93, "36_": 3899}

# What each text says of itself where its header comment is taken away, as a person reads it off the page:
# number, issuer, issued, in force from, region. Null where the text as we have it does not say so.
STATED = {
    "01_": ("国务院令第735号", "国务院", "2021-01-15", "2021-05-01", "000000"),
    "02b_": ("国家医疗保障局令第6号", "国家医疗保障局", "2023-03-13", "2023-05-01", "000000"),
    "02c_": ("国家医疗保障局令第2号", "国家医疗保障局", "2020-12-30", "2021-02-01", "000000"),
    "02d_": ("国家医疗保障局令第4号", "国家医疗保障局", "2021-06-11", "2021-07-15", "000000"),
    "03_": ("法发〔2024〕6号", "最高人民法院、最高人民检察院、公安部", "2024-02-28", None, "000000"),
    "05_": ("卫医政发〔2010〕11号", None, None, "2010-03-01", None),
    "06_": (None, None, None, "2014-01-01", None),
    "07_": (None, None, None, "2017-04-01", None),
    "08_": ("国卫医发〔2018〕8号", "国家卫生健康委员会", "2018-04-18", None, "000000"),
    "12_": ("医保办函〔2025〕85号", None, None, None, None),
    "14_": ("青医保局发〔2024〕65号", "青海省医疗保障局", "2024-08-30", "2024-10-01", "630000"),
    "15_": (
        "青医保局发〔2024〕67号",
        "青海省医疗保障局、青海省卫生健康委员会",
        "2024-09-11",
        "2024-10-01",
        "630000",
    ),
    "41_": (None, "全国人民代表大会常务委员会", "2018-12-29", "2018-12-29", "000000"),
    "42_": (None, None, None, "2023-12-01", None),
    "44_": ("国务院令第701号", "国务院", "2018-07-31", "2018-10-01", "000000"),
    "45_": (None, "全国人民代表大会常务委员会", "2021-08-20", "2022-03-01", "000000"),
    "46_": (None, "全国人民代表大会常务委员会", "2019-12-28", "2020-06-01", "000000"),
    "47_": (None, "全国人民代表大会常务委员会", "1997-12-29", "1998-05-01", "000000"),
    "48_": (None, None, "2008-01-13", "2008-01-13", None),
    "50_": (None, "最高人民法院、最高人民检察院", "2011-03-01", "2011-04-08", "000000"),
    "51_": (None, "上海市人民代表大会常务委员会", "2024-12-31", "2025-03-01", "310000"),
    "52_": (None, "浙江省人民代表大会常务委员会", "2021-03-26", "2021-07-01", "330000"),
    "53_": (None, "全国人民代表大会常务委员会", "2019-08-26", "2019-12-01", "000000"),
    "jiangxi": (None, None, None, None, "360000"),
    "jilin-2020": ("吉医保发〔2020〕22号", "吉林省医疗保障局", "2020-04-08", None, "220000"),
    "jilin-2024": ("吉医保函〔2024〕37号", "吉林省医疗保障局", "2024-05-27", None, "220000"),
    "ningguo": (None, "宁国市医保局", "2024-06-14", None, None),
    "uxin": (None, "乌审旗医疗保障局", "2023-08-22", None, None),
}
# With the comment header, which states some of it in other words and more of it.
STATED_ABOVE = {
    "01_": ("国务院令第735号", "国务院", "2021-01-15", "2021-05-01", "000000"),
    "02a_": ("国家医疗保障局令第7号", "国家医疗保障局", "2026-02-13", "2026-04-01", "000000"),
    "02b_": ("国家医疗保障局令第6号", "国家医疗保障局", "2023-03-13", "2023-05-01", "000000"),
    "02c_": ("国家医疗保障局令第2号", "国家医疗保障局", "2020-12-30", "2021-02-01", "000000"),
    "02d_": ("国家医疗保障局令第4号", "国家医疗保障局", "2021-06-11", "2021-07-15", "000000"),
    "03_": ("法发〔2024〕6号", "最高人民法院、最高人民检察院、公安部", "2024-02-28", None, "000000"),
    "05_": ("卫医政发〔2010〕11号", "原卫生部", None, "2010-03-01", "000000"),
    "06_": ("国卫医发〔2013〕31号", "国家卫生计生委、国家中医药管理局", "2013-11-20", "2014-01-01", "000000"),
    "09_": ("国卫办医发〔2016〕24号", "国家卫生计生委办公厅", "2016-05-31", None, "000000"),
    "10_": ("医保发〔2024〕23号", "国家医保局、国家卫生健康委、国家药监局", "2024-08-23", None, "000000"),
    "11_": ("医保发〔2025〕14号", "国家医疗保障局", "2025-05-28", None, "000000"),
    "12_": ("医保办函〔2025〕85号", "国家医疗保障局办公室", "2025-10-22", None, "000000"),
    "13_": (None, "青海省医疗保障局", None, None, "630000"),
    "41_": ("主席令", "全国人大常委会", "2018-12-29", "2018-12-29", "000000"),
    "43_": (None, "国务院", "2016-02-06", "2016-02-06", "000000"),
    "48_": ("国务院令第585号", "国务院", "2010-12-04", "2010-12-04", "000000"),
    "50_": ("法释〔2011〕7号", "最高人民法院、最高人民检察院", "2011-03-01", "2011-04-08", "000000"),
}
REPEALED = {  # what a text says lapses with it
    "06_": "医疗机构病历管理规定",
    "07_": "电子病历基本规范（试行）",
    "45_": "中华人民共和国执业医师法",
}


def files(folders):
    return [
        file
        for folder in folders
        if (SHARED / folder).is_dir()
        for file in sorted((SHARED / folder).rglob("*"))
        if file.is_file()
    ]


PROSE = [file for file in files(TEXTS) if file.suffix in (".md", ".txt") and file.stem != "INDEX"]


def beginning(file, table):
    return next((table[key] for key in table if file.name.startswith(key)), None)


@pytest.fixture(scope="module")
def sources():
    """Every text of the reference folders, read once."""
    found = {}
    for file in files(TEXTS):
        if file.stem != "INDEX":
            found[file] = read_source(file)
    return found


@needs_shared
@pytest.mark.slow
@pytest.mark.timeout(900)  # one is a scan of eight pages
@pytest.mark.parametrize("file", files(FOLDERS), ids=lambda file: file.name)
def test_every_reference_file_is_read_or_refused_with_a_reason_and_a_remedy(file, tmp_path):
    try:
        source = read_source(file, tmp_path)
    except UnreadableFile as refusal:
        assert re.search("[一-鿿]{4}", refusal.problem)
        assert re.search("请|不必", refusal.remedy)
        assert file.stem in ("INDEX", "README", "pdfminer_issue-449-vertical")
    else:
        assert source.document.title
        assert source.passages or source.rows
        for passage in source.passages:
            if source.text:
                assert source.text[passage.start : passage.end] == passage.text


@needs_shared
def test_the_articles_of_complete_texts_are_all_there(sources):
    for file, source in sources.items():
        expected = beginning(file, COUNTS)
        if expected:
            kind, count, first, last = expected
            named = [
                one.passage for one in source.passages if one.kind == kind and (kind != "row" or one.unit)
            ]
            assert (file.name, len(named), named[0], named[-1]) == (file.name, count, first, last)
            assert len(set(named)) == count


@needs_shared
def test_every_data_row_is_counted(sources):
    assert {
        key: sources[file].rows for key in DATA_ROWS for file in sources if file.name.startswith(key)
    } == DATA_ROWS


@needs_shared
def test_no_character_of_a_body_stands_outside_every_passage(sources):
    lost, whole = 0, 0
    for file in [*sources, *files(("reference/pdf/cjk",))]:
        source = sources.get(file) or _text_of_pages(file)
        if source is None or not source.text:
            continue
        _, begin = read_document(source.text, file.name)
        covered = bytearray(len(source.text))
        for passage in source.passages:
            covered[passage.start : passage.end] = b"\1" * (passage.end - passage.start)
        words = [match.start() for match in re.finditer(r"\w", source.text[begin:])]
        lost += sum(not covered[begin + place] for place in words)
        whole += len(words)
    assert whole > 250_000
    assert lost == 0


def _text_of_pages(file):
    """A PDF of the collection whose pages need no recognition."""
    if file.stem in ("pdfplumber_malformed-from-issue-932", "pymupdf_test_3072"):
        return None
    try:
        return read_source(file)
    except UnreadableFile:
        return None


def stated(document):
    days = [day and day.isoformat() for day in (document.issued, document.in_force_from)]
    return document.number, document.issuer, *days, document.region


@needs_shared
@pytest.mark.parametrize("file", PROSE, ids=lambda file: file.name)
def test_facts_are_read_from_the_text_itself(file):
    expected = beginning(file, STATED)
    text = re.sub(r"^\s*<!--.*?-->\s*", "", read_file(file, cache=None).text, count=1, flags=re.S)
    if expected:
        assert stated(read_document(text, file.name)[0]) == expected


@needs_shared
@pytest.mark.parametrize("file", PROSE, ids=lambda file: file.name)
def test_facts_stated_above_a_text_go_before_those_in_it(file):
    expected = beginning(file, STATED_ABOVE)
    document = read_document(read_file(file, cache=None).text, file.name)[0]
    if expected:
        number, *others = stated(document)
        assert tuple(others) == expected[1:]
        assert expected[0] is None or number == expected[0]


@needs_shared
def test_what_a_text_repeals_is_read(sources):
    for file, source in sources.items():
        title = beginning(file, REPEALED)
        if title:
            assert title in source.document.repeals


@needs_shared
def test_titles_do_not_depend_on_the_comment_above(sources):
    for file, source in sources.items():
        if file.name[:3] in (
            "01_",
            "05_",
            "06_",
            "07_",
            "08_",
            "09_",
            "41_",
            "44_",
            "45_",
            "51_",
            "52_",
            "53_",
        ):
            text = re.sub(
                r"^\s*<!--.*?-->\s*", "", running_text(read_file(file, cache=None)).text, count=1, flags=re.S
            )
            assert read_document(text, file.name)[0].title == source.document.title


def squeezed(text):
    return re.sub(r"\s+", "", text)


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("key", ["01_", "02b_", "03_", "05_", "06_", "44_"])
def test_a_regulation_set_as_a_pdf_gives_the_provisions_of_its_text(key, columns, tmp_path):
    file = next(file for file in files(("reference/regulations",)) if file.name.startswith(key))
    text = re.sub(r"<!--.*?-->", "", read_file(file, cache=None).text, flags=re.S)
    lines = [line.strip().lstrip("#").strip() for line in text.splitlines() if line.strip()]
    wanted = {
        one.passage: squeezed(one.text)
        for one in cut_passages("某", "\n".join(lines), 0)
        if one.kind in ("article", "point", "item")
    }
    pages = typeset(lines, header="某公报 2024年第6期", columns=columns)
    source = read_source(write_pdf(tmp_path / "a.pdf", pages))
    found = {one.passage: squeezed(one.text) for one in source.passages}
    assert {name: found.get(name) for name in wanted} == wanted
    assert "某公报" not in source.text
    paragraphs = {squeezed(line) for line in source.text.split("\n")}
    assert (
        sum(squeezed(line) not in paragraphs for line in lines) <= 2
    )  # a title set like its first line joins it
