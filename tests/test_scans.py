"""Scans: how sure each number was read flows to what a finding may claim."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from evals.labelled import read_lines
from evals.scanned_pages import CHINESE, FACES, FONTS, LAYOUTS, SPOILT, scanned_page
from evals.scans import aligned
from knowledge.readers import Doubt, Page, ReadText
from knowledge.readers.askew import tilt_of
from knowledge.readers.ocr import OcrLine, _in_rows, lay_out
from knowledge.readers.sureness import SureDecoder, SureText, said_surely
from review.__main__ import main
from review.checks.stamping import _least_sure
from review.facts import OCR_SURE, read_text_facts
from review.intake.documents import split_documents
from review.models import Evidence
from review.quotes import Layout, LineSpan, PageSpan

needs_fonts = pytest.mark.skipif(not FONTS.is_dir(), reason="needs the package fonts-noto-cjk")
ALPHABET = ["blank", "1", "3", "8", ".", "度"]


def steps(*rows):
    """One line; each step gives what is likely at it."""
    return np.array([[[row.get(sign, 0.0) for sign in ALPHABET] for row in rows]], dtype=np.float32)


def decoded(line, **options):
    """As the engine's decoder: the likeliest sign of each step, repeated ones once."""
    best = line[0].argmax(axis=1)
    codes = [code for place, code in enumerate(best) if code and (not place or best[place - 1] != code)]
    return [("".join(ALPHABET[code] for code in codes), 0.97)], []


def sureness(*rows):
    (((text, _),), _) = SureDecoder(decoded)(steps(*rows))
    return str(text), [round(sure, 2) for sure in text.sure]


def test_a_digit_is_as_sure_as_its_own_probability():
    assert sureness({"3": 0.99, "8": 0.01}, {"blank": 1.0}, {"8": 0.55, "3": 0.45}) == ("38", [0.99, 0.55])


def test_a_point_that_was_dropped_makes_its_neighbours_unsure():
    text, sure = sureness({"3": 1.0}, {"blank": 0.6, ".": 0.4}, {"8": 1.0})
    assert (text, sure) == ("38", [0.6, 0.6])


def test_the_passage_from_a_digit_to_the_blank_is_no_doubt():
    text, sure = sureness({"3": 0.99, "blank": 0.01}, {"3": 0.45, "blank": 0.55}, {"8": 0.98, "blank": 0.02})
    assert (text, min(sure)) == ("38", 0.98)


def sure_text(text, *sure):
    line = SureText(text)
    line.sure = sure
    return line


@pytest.mark.parametrize(
    ("text", "sure", "plain", "weak"),
    [
        ("体温38度", (1, 1, 1, 0.5, 1), "体温38度", ((2, 4, 0.5),)),
        ("左 膝", (0.7, 1, 1), "左 膝", ((0, 1, 0.7),)),
        ("腹部平软", (0.3, 1, 1, 1), "腹部平软", ()),
        ("体温３８", (1, 1, 0.6, 1), "体温38", ((2, 4, 0.6),)),
        ("10㎎", (1, 1, 0.4), "10mg", ((0, 4, 0.4),)),
        ("at08:30 ", (1, 1, 1, 0.8, 1, 1, 1, 1), "at08:30", ((0, 7, 0.8),)),
    ],
)
def test_numbers_and_turning_words_are_told_with_the_least_sure_sign_in_them(text, sure, plain, weak):
    assert said_surely(sure_text(text, *sure), 0.99) == (plain, weak)


@pytest.mark.parametrize("tilt", [-0.05, -0.01, 0.0, 0.01, 0.05])
def test_the_cells_of_a_row_stay_together_on_a_sheet_laid_in_askew(tilt):
    width, height, quads, lines = 1600, 2300, [], []
    for row in range(12):
        for column in range(7):
            x0, y0 = 100 + column * 200, 300 + row * 50 + tilt * (100 + column * 200)
            x1, y1 = x0 + 130, y0 + 30
            sink = tilt * 130
            quads.append([(x0, y0), (x1, y0 + sink), (x1, y1 + sink), (x0, y1)])
            box = (x0 / width, min(y0, y0 + sink) / height, x1 / width, max(y1, y1 + sink) / height)
            lines.append(OcrLine(f"{row}-{column}", 0.99, box))
    assert tilt_of(quads) == pytest.approx(tilt)
    found = _in_rows(lines[::-1], (width, height), tilt_of(quads))
    assert [line.text for line in found] == [line.text for line in lines]
    assert {line.text: line.box for line in found} == {line.text: line.box for line in lines}
    assert [line.row for line in found] == [row for row in range(12) for _ in range(7)]


def test_a_doubt_lies_where_its_number_lies_on_the_page():
    lines = (
        OcrLine("首次病程", 0.99, (0, 0, 1, 0.1), 0),
        OcrLine("10:15", 0.98, (0, 0.2, 1, 0.3), 1, ((0, 5, 0.6),)),
    )
    page, text = lay_out(lines, 1, 100)
    (doubt,) = page.doubts
    assert text[doubt.start - 100 : doubt.end - 100] == "10:15"
    assert (doubt.confidence, page.confidence) == (0.6, 0.98)


@pytest.mark.parametrize(
    ("written", "seen", "edits", "partners"),
    [
        ("38.2", "382", 1, [0, 1, 2, 2, 3]),
        ("甲乙", "甲乙", 0, [0, 1, 2]),
        ("甲乙", "", 2, [0, 0, 0]),
        ("12", "152", 1, [0, 2, 3]),
    ],
)
def test_edits_are_the_fewest_and_places_have_their_partners(written, seen, edits, partners):
    assert aligned(written, seen) == (edits, partners)


@needs_fonts
def test_a_page_is_the_same_from_one_seed_and_all_ways_take_turns():
    one, again = scanned_page(7, 3), scanned_page(7, 3)
    assert (one.text, one.picture.tobytes()) == (again.text, again.picture.tobytes())
    kinds = {(number % len(LAYOUTS), number // len(LAYOUTS) % len(SPOILT)) for number in range(50)}
    assert len(kinds) == len(LAYOUTS) * len(SPOILT)


def evidence(quote, confidence, says="for"):
    return Evidence(kind="document", source="a.pdf", quote=quote, says=says, confidence=confidence)


@pytest.mark.parametrize(
    ("spoke", "least"),
    [
        ([evidence("入院时间 08:25", None)], None),
        ([evidence("首次病程记录 10:15", 0.97)], 0.97),
        ([evidence("首次病程记录 10:15", 0.97), evidence("入院时间 08:25", None)], 0.97),
        ([evidence("首次病程记录 10:15", 0.62), evidence("入院时间 08:25", None)], 0.62),
        ([evidence("二〇二四年三月五日", 0.97), evidence("入院时间 08:25", None)], 0.97),
        ([evidence("患者未在院", 0.97), evidence("入院时间 08:25", None)], None),
        ([evidence("患者未在院", 0.85), evidence("入院时间 08:25", None)], 0.85),
        ([evidence("患者未在院", 0.97)], 0.97),
    ],
)
def test_a_recognised_number_limits_a_finding_whatever_else_speaks_for_it(spoke, least):
    assert _least_sure(spoke) == least


DOUBTFUL = "首次病程记录\n2024-07-03 10:15\n病例特点：咳嗽。\n医师签名：甲"


@pytest.mark.parametrize(("sure", "known"), [(0.95, True), (0.85, True), (0.7, False)])
def test_a_time_whose_digits_could_hardly_be_read_is_no_time_of_writing(sure, known):
    begin = DOUBTFUL.index("10:15")
    page = Page(1, 0, len(DOUBTFUL), "ocr", 0.97, doubts=(Doubt(begin, begin + 5, sure),))
    (document,) = split_documents(ReadText(DOUBTFUL, (page,)), "A1", "首次病程记录.png", 1, "首次病程记录")
    assert (document.written_at is not None) is known


def test_a_fact_read_off_a_scan_is_no_surer_than_its_least_sure_number():
    text = "首次病程记录\n2024-07-03 10:15\n体温38.6℃，脉搏88次/分。"
    (document,) = split_documents(ReadText(text, (Page(1, 0, len(text)),)), "A1", "a.png", 1, "首次病程记录")
    begin = text.index("38.6")

    def told(*spans):
        layout = Layout([PageSpan("a.png", 1, 0, len(text))], [("a.png", span) for span in spans])
        rows = read_text_facts([document], layout)
        return {row["certainty"] for row in rows if row["name"] == "temperature"}

    whole = LineSpan(0, len(text), 0.97)
    assert told() == {"established"}
    assert told(whole) == {"probable"}
    assert told(whole, LineSpan(begin, begin + 4, 0.85)) == {"clue"}
    assert told(whole, LineSpan(begin, begin + 4, 0.6)) == set()


ADMITTED = "入院记录\n姓名：{name}  性别：男  年龄：46岁\n入院时间：2024-07-02 08:25\n出院时间：2024-07-06 09:40\n主诉：咳嗽3天。\n记录时间：2024-07-02 15:40\n医师签名：秦望舒\n"
LATE = (
    "首次病程记录\n2024-07-03 10:15\n病例特点：咳嗽三天，无发热。\n初步诊断：急性支气管炎\n医师签名：秦望舒"
)


def scan(text, path, spoil=None):
    picture = Image.new("L", (1240, 620), 255)
    font = ImageFont.truetype(str(FONTS / FACES[0]), 34, index=CHINESE)
    for row, line in enumerate(text.split("\n")):
        ImageDraw.Draw(picture).text((110, 70 + row * 80), line, fill=20, font=font)
    (spoil(picture) if spoil else picture).save(path)


def faint(picture):
    """Sixty points to the inch, greyed and grainy: readable to the patient eye."""
    grain = np.random.default_rng(4).normal(0, 22, (620, 1240))
    points = np.clip(np.asarray(picture, dtype=np.float32) * 0.6 + 80 + grain, 0, 255).astype(np.uint8)
    small = Image.fromarray(points).resize((434, 217), Image.Resampling.BILINEAR)
    return small.quantize(8).convert("L")


@needs_fonts
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_contradiction_read_off_a_scan_is_never_established_and_off_a_poor_one_no_more_than_a_clue(
    tmp_path, monkeypatch
):
    records = tmp_path / "检查" / "records"
    for name, patient in (("A1", "甲一一"), ("A2", "乙二二"), ("A3", "丙三三")):
        (records / name).mkdir(parents=True)
        (records / name / "入院记录.txt").write_text(ADMITTED.format(name=patient), "utf-8")
    (records / "A1" / "首次病程记录.txt").write_text(LATE, "utf-8")
    scan(LATE, records / "A2" / "首次病程记录.png")
    scan(LATE, records / "A3" / "首次病程记录.png", faint)
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))
    assert main([str(tmp_path / "检查"), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    late = {
        finding["admission_id"]: finding
        for finding in read_lines(tmp_path / "out" / "findings.jsonl")
        if finding["check"] == "DOC-001"
    }
    assert late["A1"]["certainty"] == "established"
    assert late["A2"]["certainty"] == "probable"
    assert any(quote["confidence"] >= OCR_SURE for quote in late["A2"]["evidence"] if quote.get("confidence"))
    if "A3" in late:  # where its time could not be read at all, there is nothing to say
        read = [quote["confidence"] for quote in late["A3"]["evidence"] if quote.get("confidence")]
        assert late["A3"]["certainty"] == ("probable" if read and min(read) >= OCR_SURE else "clue")
