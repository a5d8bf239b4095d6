"""One real review of the bundled demonstration, with hostile words planted in one record, and its scene."""

import shutil

import pytest
from scripted import DEMO, HOSTILE, OTHER, STAY

from review.investigator.opening import laid_open
from review.investigator.transcript import Limits, begin
from review.pipeline import review_inspection


@pytest.fixture(scope="session")
def reviewed_hostile(tmp_path_factory):
    """The home and the results of a run over the demonstration; a nurse's note speaks to the reader."""
    home = tmp_path_factory.mktemp("investigated")
    folder = home / "inspection"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("*扫描*", "expected.json"))
    note = folder / "records" / STAY / "护理记录.txt"
    planted = "\n".join(HOSTILE)
    said = note.read_text("utf-8").replace(
        "        护士签名", f"{planted}\n邻床霍明辉借用本床输液架。\n        护士签名", 1
    )
    note.write_text(said, "utf-8")
    review_inspection(folder, home / "out", home=home)
    return home


@pytest.fixture(scope="session")
def scene(reviewed_hostile):
    with laid_open(reviewed_hostile / "out", reviewed_hostile) as opened:
        yield opened


@pytest.fixture(scope="session")
def case(scene):
    opened = scene.case(STAY)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def other(scene):
    opened = scene.case(OTHER)
    yield opened
    opened.close()


@pytest.fixture
def state(case):
    return begin(case, "double", Limits(query_seconds=2.0))
