"""Pages of originals for the screen: shown quickly, kept, and a hostile file costs its own page and nothing else."""

import re
import threading
import time
from pathlib import Path
from random import Random

import pytest
from made_pdf import Put, write_pdf

from evals.bent_pdfs import bomb, many_pages, swollen, truncated
from knowledge.readers import UnreadableFile, viewing
from knowledge.readers.files import read_file
from knowledge.readers.isolation import Limits
from knowledge.readers.viewing import Viewer

BOUNDS = "用时过长，已放弃|结构损坏或展开过大|展开后占用的内存过大"  # whichever the drawing meets first
WORDS = "住院号 20240001 血红蛋白 118 g/L"


@pytest.fixture(scope="module")
def viewer():
    one = Viewer()
    yield one
    one.close()


@pytest.fixture
def record(tmp_path):
    file = tmp_path / "出院记录.pdf"
    write_pdf(file, [[Put(60, 60, WORDS)], [Put(60, 60, "第二页 出院医嘱")]])
    return file


def slow_page(file: Path) -> Path:
    """A page that asks for hours of drawing: forms that call forms, ten of each, twelve deep."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>",
        b"<< /Length 5 >>\nstream\n/F Do\nendstream",
    ]
    for depth in range(12):
        draw = b"/F Do " * 10 if depth < 11 else b"0 0 m 500 800 l S " * 20
        inner = b"/Resources << /XObject << /F %d 0 R >> >>" % (6 + depth) if depth < 11 else b""
        objects.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] %s /Length %d >>\nstream\n%s\nendstream"
            % (inner, len(draw), draw)
        )
    body, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    file.write_bytes(
        body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    )  # fmt: skip
    return file


def test_a_page_is_shown_and_the_next_time_from_memory(viewer, record):
    first = viewer.picture(record, 1)
    assert first.startswith(b"\x89PNG")
    assert viewer.picture(record, 2) != first
    assert viewer.picture(record, 1) is first


def test_a_file_that_was_replaced_is_opened_anew(viewer, record):
    first = viewer.picture(record, 1)
    write_pdf(record, [[Put(60, 60, "换了内容的一页")]])
    assert viewer.picture(record, 1) != first


def test_a_page_that_is_not_there_is_refused_in_words(viewer, record):
    with pytest.raises(UnreadableFile, match="没有第 9 页；请核对页码"):
        viewer.picture(record, 9)
    with pytest.raises(FileNotFoundError):
        viewer.picture(record.with_name("没有.pdf"), 1)


def test_words_have_the_boxes_they_have_when_read_here(viewer, record):
    read = viewer.read(record, None)
    assert read == read_file(record, cache=None)
    start = read.text.index("118")
    number, found = viewer.boxes(record, read, start, start + 3)
    assert (number, len(found)) == (1, 1)
    x0, y0, x1, y1 = found[0]
    assert 0 < x0 < x1 < 1 and 0 < y0 < y1 < 0.2


@pytest.mark.parametrize("bend", [truncated, bomb, swollen, many_pages])
def test_bent_files_are_shown_or_refused_and_the_next_page_is_none_the_worse(viewer, record, tmp_path, bend):
    bent = tmp_path / "坏.pdf"
    bent.write_bytes(bend(record.read_bytes(), Random(5)))
    begun = time.monotonic()
    try:
        assert viewer.picture(bent, 1).startswith(b"\x89PNG")
    except UnreadableFile as refusal:
        assert refusal.remedy.startswith("请")
    assert time.monotonic() - begun < 30
    assert viewer.picture(record, 2).startswith(b"\x89PNG")


def test_a_page_that_never_ends_is_refused_and_the_whole_file_with_it(record, tmp_path, monkeypatch):
    monkeypatch.setattr(viewing, "HELD_UP", 0.1)
    viewer = Viewer(Limits(seconds=2.0, private_bytes=640 * 1024**2))
    hostile = slow_page(tmp_path / "慢.pdf")
    with pytest.raises(UnreadableFile, match=BOUNDS):
        viewer.picture(hostile, 1)
    begun = time.monotonic()
    with pytest.raises(UnreadableFile, match=BOUNDS):
        viewer.picture(hostile, 2)
    assert time.monotonic() - begun < 2.0  # tried again it would take all the time there is
    assert viewer.picture(record, 1).startswith(b"\x89PNG")
    viewer.close()


def test_sound_pages_are_shown_while_a_bad_one_is_being_tried(record, tmp_path):
    viewer = Viewer(Limits(seconds=6.0, private_bytes=640 * 1024**2))
    refused = []

    def try_the_bad_one():
        try:
            viewer.picture(slow_page(tmp_path / "慢.pdf"), 1)
        except UnreadableFile as refusal:
            refused.append(refusal.problem)

    thread = threading.Thread(target=try_the_bad_one)
    thread.start()
    shown = [viewer.picture(record, number) for number in (1, 2)]
    assert (len(shown), refused) == (2, [])
    thread.join()
    assert re.match(BOUNDS, refused[0])
    viewer.close()


def test_pictures_and_texts_that_were_asked_for_longest_ago_are_let_go(viewer, record, tmp_path, monkeypatch):
    monkeypatch.setattr(viewing, "KEPT_TEXTS", 2)
    for number in range(4):
        copy = tmp_path / f"{number}.pdf"
        copy.write_bytes(record.read_bytes())
        viewer.read(copy, None)
    held = [kept for (_, what), kept in viewer._kept.items() if what == "text"]
    assert len(held) == 2
    monkeypatch.setattr(viewing, "KEPT_BYTES", 1)
    viewer.picture(record, 1)
    assert not [kept for kept in viewer._kept.values() if isinstance(kept.told, bytes)]


def test_a_viewer_that_is_let_go_ends_its_processes(record):
    viewer = Viewer()
    viewer.picture(record, 1)
    process = viewer._processes[0]._process._process
    del viewer
    assert process.poll() is not None
