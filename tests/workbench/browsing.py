"""The real browser that live tests of the pages drive; without one they are skipped and say so."""

from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# what was asked of a page stands on it: its letters are loaded and two frames are drawn with them
SETTLED = """() => document.fonts.ready.then(() => new Promise(requestAnimationFrame))
    .then(() => new Promise(requestAnimationFrame)).then(() => null)"""
LIVE = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path(CHROMIUM).exists(), reason=f"no browser at {CHROMIUM}: install chromium to run this"
    ),
]
