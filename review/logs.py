"""The log under MINGJIAN_HOME. Defects are written with type and places, never the message: it may quote a record."""

import logging
import secrets
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

log = logging.getLogger("mingjian")
PACKAGES = ("review", "knowledge")  # whose modules log under their own names


def open_log(home: Path) -> None:
    """Send the program's own log to `home/logs/mingjian.log`; or to the screen where that cannot be written."""
    if any(isinstance(handler, RotatingFileHandler) for handler in log.handlers):
        return
    try:
        (home / "logs").mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(
            home / "logs" / "mingjian.log", maxBytes=5_000_000, backupCount=3, encoding="utf-8"
        )
    except OSError:
        logging.basicConfig(level=logging.WARNING)
        return
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for logger in (log, *(logging.getLogger(package) for package in PACKAGES)):
        logger.setLevel(logging.INFO)
        logger.addHandler(file)
        logger.propagate = False


def record_defect(defect: BaseException, where: str) -> str:
    """Write a defect down and give the number a user can name to us."""
    number = secrets.token_hex(2).upper()
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(defect.__traceback__)
    ]
    log.error("defect %s in %s: %s at %s", number, where, type(defect).__name__, " < ".join(reversed(frames)))
    return number
