"""Numbers under a seal: doubtful however surely they were read; colour alone is no reason."""

import pytest
from PIL import Image, ImageDraw, ImageFont

from knowledge.readers import ocr
from knowledge.readers.inked import SEALED, Inks, weak_under_ink
from knowledge.readers.ocr import OcrLine, _in_rows, lay_out
from review.facts import OCR_SURE, OCR_USABLE

TEXT = "HGB 118 g/L  PLT 256"
RED = (200, 30, 40)
BOX = (0.1, 0.4, 0.9, 0.6)


def page(ink=(20, 20, 20)):
    """A line of writing that fills a box in the middle of the page."""
    picture = Image.new("RGB", (1000, 400), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=70)
    place = 100.0
    for sign in TEXT:
        draw.text((place, 165), sign, fill=ink, font=font)
        place += 800 / len(TEXT)
    return picture, draw


def doubtful(picture, text=TEXT, weak=()):
    return [(text[start:end], sure) for start, end, sure in weak_under_ink(Inks(picture), text, BOX, weak)]


def test_a_number_under_the_stroke_of_a_seal_is_doubtful_and_the_others_are_not():
    picture, draw = page()
    draw.ellipse((230, 60, 430, 360), outline=RED, width=12)
    assert doubtful(picture) == [("118", SEALED)]
    assert OCR_USABLE <= SEALED < OCR_SURE


def test_what_was_less_sure_already_stays_so():
    picture, draw = page()
    draw.rectangle((230, 180, 430, 200), fill=RED)
    assert doubtful(picture, weak=((4, 7, 0.4), (17, 20, 0.8))) == [("118", 0.4), ("256", 0.8)]


def test_numbers_printed_in_red_are_as_sure_as_they_were_read():
    assert doubtful(page(RED)[0]) == []


def test_the_thin_red_rules_of_a_form_are_no_seal():
    picture, draw = page()
    for x in range(0, 1000, 60):
        draw.line((x, 0, x, 400), fill=RED, width=2)
    assert not Inks(picture).sealed


def test_a_grey_page_has_no_seal():
    assert not Inks(page()[0].convert("L")).sealed


def test_a_line_that_runs_down_the_page_is_doubtful_as_a_whole():
    picture, draw = page()
    draw.ellipse((230, 60, 430, 360), outline=RED, width=12)
    upright = weak_under_ink(Inks(picture.rotate(90, expand=True)), TEXT, (0.4, 0.1, 0.6, 0.9), ())
    assert [TEXT[start:end] for start, end, _ in upright] == ["118", "256"]


def test_the_doubt_goes_with_the_line_into_the_text_of_the_page():
    picture, draw = page()
    draw.ellipse((230, 60, 430, 360), outline=RED, width=12)
    line = OcrLine(TEXT, 0.99, BOX, weak=weak_under_ink(Inks(picture), TEXT, BOX, ()))
    read, text = lay_out((line,), 1, 0)
    assert [(text[doubt.start : doubt.end], doubt.confidence) for doubt in read.doubts] == [("118", SEALED)]


def test_the_slanting_words_of_a_seal_do_not_draw_two_rows_into_one():
    cells = [OcrLine(f"{row}-{column}", 0.99, (0.1 + 0.2 * column, 0.1 + 0.02 * row, 0.2 + 0.2 * column, 0.118 + 0.02 * row))
             for row in range(6) for column in range(3)]  # fmt: skip
    seal = OcrLine("病案专用章", 0.99, (0.15, 0.13, 0.35, 0.19))
    rows = {}
    for line in _in_rows([*cells, seal], (1000, 1000)):
        rows.setdefault(line.row, []).append(line.text)
    assert sorted(rows.values()) == sorted(
        [["病案专用章"], *([f"{row}-{n}" for n in range(3)] for row in range(6))]
    )


@pytest.mark.slow
def test_a_stamped_picture_is_read_with_its_doubts(tmp_path):
    picture, draw = page()
    draw.line((250, 250, 400, 225), fill=RED, width=8)
    found = ocr.recognise(picture, tmp_path)
    told = [line.text[start:end] for line in found for start, end, sure in line.weak if sure <= SEALED]
    assert told and all("256" not in word for word in told)
    assert ocr.recognise(picture, tmp_path) == found
