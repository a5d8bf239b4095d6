"""Pictures in records: copies are met however they were saved, and what only looks alike is not taken for one."""

import io
import zipfile

import numpy
import pytest
from altered_pdf import append, put_picture
from made_pdf import Put, write_pdf
from PIL import Image, ImageDraw

from knowledge.readers.files import read_file
from review.forensics.facts import file_facts
from review.forensics.pictures import FAR, distance, look_of, same_picture
from review.intake.records import Source

SIZE = (640, 480)


def ultrasound(seed, patient="P", size=SIZE):
    """What a machine shows of one patient: speckle over soft shapes in a fan, with the machine's own scale and words."""
    chance, (wide, high) = numpy.random.default_rng(seed), size
    speckle = _enlarged(chance.normal(90, 40, (high // 4, wide // 4)), size)
    shapes = _enlarged(chance.random((6, 8)) * 160, size)
    down, across = numpy.mgrid[0:high, 0:wide]
    far = numpy.hypot(across - wide / 2, down + high / 10)
    angle = numpy.arctan2(across - wide / 2, down + high / 10)
    fan = (far < high) & (far > high / 4) & (abs(angle) < 0.7)
    picture = Image.fromarray(numpy.where(fan, speckle * shapes / 120, 0).clip(0, 255).astype("uint8"))
    draw = ImageDraw.Draw(picture)
    for step in range(20):
        draw.line((20, 20 + 20 * step, 30, 20 + 20 * step), fill=255)
    draw.rectangle((600, 60, 615, 300), fill=200)
    draw.text((480, 10), f"2024-03-11 {patient}", fill=255)
    return picture


def _enlarged(points, size):
    small = Image.fromarray(points.clip(0, 255).astype("uint8"))
    return numpy.asarray(small.resize(size, Image.Resampling.BICUBIC)).astype(float)


def sheet(words):
    """A form that was scanned, with a few words filled in."""
    picture = Image.new("L", (1190, 1684), 226)
    draw = ImageDraw.Draw(picture)
    for row in range(20):
        draw.line((100, 150 + 70 * row, 1090, 150 + 70 * row), fill=60, width=3)
    draw.text((300, 300), words, fill=20, font_size=40)
    return picture


def strokes(seed, size=(220, 80)):
    """A name written by hand, no two alike."""
    chance = numpy.random.default_rng(seed)
    picture = Image.new("L", size, 255)
    draw = ImageDraw.Draw(picture)
    for at in range(8):
        x = 15 + 25 * at
        ends = [(x + int(chance.integers(-15, 25)), int(chance.integers(8, 72))) for _ in range(4)]
        draw.line(ends, fill=10, width=3)
    return picture


def saved(picture, quality=60, scale=1.0):
    file = io.BytesIO()
    picture.resize((int(picture.width * scale), int(picture.height * scale))).save(
        file, "JPEG", quality=quality
    )
    return Image.open(file)


@pytest.mark.parametrize(("quality", "scale"), [(85, 1.0), (30, 1.0), (80, 0.5), (70, 1.7)])
def test_a_copy_is_met_however_it_was_saved(quality, scale):
    for seed in range(6):
        one, other = look_of(ultrasound(seed)), look_of(saved(ultrasound(seed), quality, scale))
        assert one.toned and other.toned
        assert distance(one.hash, other.hash) <= FAR
        assert same_picture(one.small, other.small)


def test_a_copy_under_another_name_is_met():
    one, other = look_of(ultrasound(3, "P1")), look_of(saved(ultrasound(3, "Q77")))
    assert distance(one.hash, other.hash) <= FAR
    assert same_picture(one.small, other.small)


def test_pictures_of_one_machine_are_not_taken_for_each_other():
    looks = [look_of(ultrasound(seed)) for seed in range(12)]
    assert not any(
        same_picture(one.small, other.small) for at, one in enumerate(looks) for other in looks[:at]
    )


def test_writing_on_paper_is_nothing_a_machine_took():
    assert not look_of(sheet("血红蛋白 118")).toned
    assert not look_of(Image.new("L", SIZE, 90)).toned
    assert not look_of(strokes(1)).toned


def test_what_shines_through_is_paper():
    clear = Image.new("RGBA", (220, 80), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=strokes(4).point(lambda value: 255 - value))
    assert 0.004 < look_of(clear).ink < 0.3


def report(path, picture=None, box=(150, 300, 450, 525), quality=85, words="超声检查报告单"):
    write_pdf(
        path,
        [[Put(60, 60, words), Put(60, 90, "检查日期：2024-03-11"), Put(60, 120, "超声所见：肝脏形态正常。")]],
    )
    return put_picture(path, picture, box, quality) if picture else path


def told(folder, **files):
    """The rows of files given by admission, as a review of the folder would have them."""
    sources = [
        Source(path.relative_to(folder).as_posix(), admission, read_file(path, cache=None))
        for admission, path in files.items()
    ]
    rows = file_facts(folder, sources, folder / "cache")
    assert rows == file_facts(folder, sources, folder / "cache")  # as kept
    return [
        (row["admission_id"], row["kind"], row["value"], row["unit"], row["quote"])
        for row in rows
        if row["kind"].endswith("_twin")
    ]


def test_one_picture_in_the_reports_of_two_admissions_is_told_with_its_places(tmp_path):
    found = told(
        tmp_path,
        A1=report(tmp_path / "a.pdf", ultrasound(1, "P1")),
        A2=report(tmp_path / "b.pdf", ultrasound(1, "P2"), quality=50),
        A3=report(tmp_path / "c.pdf", ultrasound(2)),
    )
    assert found == [
        ("A1", "picture_twin", "640×480", "2", "超声检查报告单"),
        ("A2", "picture_twin", "640×480", "2", "超声检查报告单"),
    ]


def test_a_picture_in_a_word_file_is_met_in_a_pdf(tmp_path):
    import docx

    document = docx.Document()
    document.add_paragraph("超声检查报告单")
    picture = io.BytesIO()
    ultrasound(5).save(picture, "PNG")
    document.add_picture(picture)
    document.save(tmp_path / "a.docx")
    found = told(tmp_path, A1=tmp_path / "a.docx", A2=report(tmp_path / "b.pdf", ultrasound(5)))
    assert [row[:2] for row in found] == [("A1", "picture_twin"), ("A2", "picture_twin")]


def test_a_letterhead_that_repeats_from_page_to_page_is_not_told(tmp_path):
    first, second = (two_pages(tmp_path / f"{name}.pdf", ultrasound(9)) for name in ("a", "b"))
    assert told(tmp_path, A1=first, A2=second) == []


def two_pages(path, picture):
    """A picture that stands on both pages of a file."""
    write_pdf(path, [[Put(60, 60, "检查报告单")], [Put(60, 60, "第二页")]])
    put_picture(path, picture, (150, 300, 450, 525))
    content = path.read_bytes()
    page = content[content.rindex(b"8 0 obj\n") + 8 : content.rindex(b"endobj", 0, content.rindex(b"xref"))]
    return append(path, {10: page})


def test_small_drawings_and_forms_that_differ_are_not_told(tmp_path):
    small = ultrasound(1).resize((120, 90))
    assert told(
        tmp_path, A1=report(tmp_path / "a.pdf", small), A2=report(tmp_path / "b.pdf", small)
    ) == []  # fmt: skip
    whole = (0, 0, 595, 842)
    assert told(
        tmp_path,
        A1=report(tmp_path / "c.pdf", sheet("2024-03-11"), whole),
        A2=report(tmp_path / "d.pdf", sheet("2024-03-12"), whole),
    ) == []  # fmt: skip


def test_one_scanned_sheet_in_two_records_is_told(tmp_path):
    whole = (0, 0, 595, 842)
    found = told(
        tmp_path,
        A1=report(tmp_path / "a.pdf", sheet("2024-03-11"), whole),
        A2=report(tmp_path / "b.pdf", sheet("2024-03-11"), whole),
    )
    assert [row[:2] for row in found] == [("A1", "sheet_twin"), ("A2", "sheet_twin")]


def consent(path, label, picture):
    write_pdf(path, [[Put(60, 60, "手术知情同意书"), Put(60, 400, label)]])
    x = 60 + 12 * len(label) + 6
    return put_picture(path, picture, (x, 842 - 425, x + 90, 842 - 392))


def test_one_signature_on_two_consents_is_told_by_the_words_before_it(tmp_path):
    found = told(
        tmp_path,
        A1=consent(tmp_path / "a.pdf", "患者签名：", strokes(1)),
        A2=consent(tmp_path / "b.pdf", "患者签名：", strokes(1)),
        A3=consent(tmp_path / "c.pdf", "患者签名：", strokes(2)),
    )
    assert found == [
        ("A1", "signature_twin", "患者签名：", "2", "患者签名："),
        ("A2", "signature_twin", "患者签名：", "2", "患者签名："),
    ]


def test_an_empty_place_for_a_signature_is_none(tmp_path):
    empty = Image.new("L", (220, 80), 255)
    assert told(
        tmp_path,
        A1=consent(tmp_path / "a.pdf", "患者签名：", empty),
        A2=consent(tmp_path / "b.pdf", "患者签名：", empty),
    ) == []  # fmt: skip


def test_a_word_file_whose_pictures_cannot_be_opened_is_told(tmp_path):
    import docx

    document = docx.Document()
    document.add_paragraph("超声检查报告单")
    picture = io.BytesIO()
    ultrasound(5).save(picture, "PNG")
    document.add_picture(picture)
    document.save(tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "a.docx") as whole, zipfile.ZipFile(tmp_path / "b.docx", "w") as broken:
        for part in whole.infolist():
            spoilt = b"\x89PNG" if part.filename.startswith("word/media/") else whole.read(part)
            broken.writestr(part, spoilt)
    source = Source("b.docx", "A1", read_file(tmp_path / "b.docx", cache=None))
    (row,) = file_facts(tmp_path, [source], tmp_path / "cache")
    assert (row["kind"], row["name"], row["quote"]) == (
        "picture_unread",
        "文件里的图片打不开",
        "超声检查报告单",
    )
