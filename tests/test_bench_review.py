import json
import subprocess
import sys
from pathlib import Path

import pytest

from evals.bench.long_stays import DOCUMENTS, write_inspection
from evals.bench.review import lines_of

ROOT = Path(__file__).parent.parent


def files_of(folder):
    return {file.relative_to(folder): file for file in folder.rglob("*") if file.is_file()}


def test_the_same_seed_writes_the_same_stays(tmp_path):
    written = [write_inspection(tmp_path / name, 2) for name in ("one", "two")]
    one, two = files_of(tmp_path / "one"), files_of(tmp_path / "two")
    assert written == [2 * DOCUMENTS] * 2
    assert list(one) == list(two)
    assert all(one[name].read_bytes() == two[name].read_bytes() for name in one if name.suffix != ".docx")


def test_what_is_printed_names_the_rate_and_the_stages_that_matter():
    told = {"wall": 8.0, "cpu": 14.0, "peak": 900.0, "stages": [["读入", 2.0], ["CHG-001", 0.01]]}
    assert list(lines_of(200, told)) == [
        "  200 次住院、各 60 份文书：每秒 25.0 次，历时 8.0 秒，处理器 14.0 秒（每次住院 70 毫秒），内存峰值 900 MB",
        "  读入 2.0 秒",
    ]
    assert "（不足每秒 20 次）" in next(lines_of(100, told))


@pytest.mark.slow
def test_every_document_of_a_long_stay_is_read(tmp_path):
    written = write_inspection(tmp_path / "inspection", 2)
    places = [str(tmp_path / name) for name in ("inspection", "out", "home")]
    done = subprocess.run(
        [sys.executable, "-m", "evals.bench.review", *places], cwd=ROOT, check=True, capture_output=True
    )
    told = json.loads(done.stdout)
    assert told["documents"] == written
    assert [name for name, _ in told["stages"]][:1] == ["读入"]
