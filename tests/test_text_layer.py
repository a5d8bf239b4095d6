"""The hidden text of a scan beside its picture: what is told, and what is left to the scanner's own errors."""

import zlib

import pytest
from altered_pdf import append
from made_pdf import Put, content_of, stream, write_pdf
from PIL import Image, ImageDraw, ImageFont

from knowledge.readers.files import read_file
from review.forensics.examiner import Examiner
from review.forensics.layer_reader import LayerReader
from review.forensics.text_layer import Words, apart, layer_signs

ROWS = ["血红蛋白 118 g/L", "白细胞 12.5", "血小板 256", "白蛋白 37.6", "血钾 4.12", "血钠 141", "肌酐 88.4", "尿素 5.61",
        "葡萄糖 6.02", "2024-03-11 报告"]  # fmt: skip


def words(rows, sure=1.0):
    return [Words(row, (0.1, 0.05 * n + 0.1, 0.5, 0.05 * n + 0.12), sure) for n, row in enumerate(rows)]


def told(layer, picture, sure=0.97):
    return [
        (sign.label, sign.before, sign.after) for sign in layer_signs(1, words(layer), words(picture, sure))
    ]


def test_a_number_of_the_text_that_the_picture_shows_otherwise_is_told():
    assert told(["血红蛋白 58 g/L", *ROWS[1:]], ROWS) == [("血红蛋白", "118", "58")]


def test_one_sign_amiss_and_a_picture_read_in_doubt_are_left_to_the_scanner():
    assert told(["血红蛋白 119 g/L", *ROWS[1:]], ROWS) == []
    assert told(["血红蛋白 58 g/L", *ROWS[1:]], ROWS, sure=0.85) == []


def test_a_page_on_which_little_agrees_says_nothing():
    assert told(["血红蛋白 58 g/L", *ROWS[1:5]], ROWS[:5]) == []
    assert told([row.replace("1", "77") for row in ROWS], ROWS) == []


def test_distance_counts_signs():
    assert [apart("118", "58"), apart("118", "119"), apart("2024-03-11", "2024-03-11")] == [2, 1, 0]


@pytest.mark.slow
def test_a_scan_with_another_value_in_its_hidden_text_is_met_as_a_file(tmp_path):
    lines = ["WBC 12.5", "RBC 4.32", "HGB 118", "PLT 256", "ALB 37.6", "NA 141.3", "CREA 88.4", "UREA 5.61",
             "GLU 6.02", "DATE 2024-03-11"]  # fmt: skip
    hidden = [line.replace("118", "58") for line in lines]
    path = scan_with_text(tmp_path / "扫描.pdf", lines, hidden)
    with Examiner() as examiner, LayerReader(tmp_path) as layers:
        pages = examiner.examine(path).layered
        signs = list(layers.signs(path, read_file(path, cache=tmp_path), pages))
    assert pages == (1,)
    assert [(sign.kind, sign.page, sign.before, sign.after) for sign in signs] == [("layer", 1, "118", "58")]


def scan_with_text(path, shown, hidden):
    """A page that is one picture of some lines, over other lines that nobody sees."""
    picture = Image.new("L", (1190, 1684), 250)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=36)
    for number, line in enumerate(shown):
        draw.text((200, 200 + 100 * number), line, fill=20, font=font)
    pixels = zlib.compress(picture.tobytes())
    image = b"<< /Type /XObject /Subtype /Image /Width 1190 /Height 1684 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    image += b" /Filter /FlateDecode /Length %d >>\nstream\n" % len(pixels) + pixels + b"\nendstream"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R"
    page += b" /Resources << /Font << /F1 3 0 R >> /XObject << /I 9 0 R >> >> >>"
    text = content_of([Put(100, 114 + 50 * number, line) for number, line in enumerate(hidden)])
    write_pdf(path, [[]])
    append(path, {7: stream(b"q 595 0 0 842 0 0 cm /I Do Q\n3 Tr\n" + text), 8: page, 9: image})
    return path
