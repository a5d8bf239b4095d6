"""The published files of the reference folder, for tests that skip where it is absent."""

from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"


def reference(folder, pattern):
    if not REFERENCE.exists():
        pytest.skip("参考文件不在本机（../shared/reference）；跳过与正式文件的核对")
    files = sorted(folder.glob(pattern))
    assert files, pattern
    return files
