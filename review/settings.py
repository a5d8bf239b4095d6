"""The settings, read once from the environment by the composition roots and handed down from there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from review.errors import SettingsError

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Settings:
    """Where things live and where the pages are served; every field has a default that works unplugged."""

    home: Path
    database_url: str
    host: str
    port: int
    demo: Path
    embedding: str | None  # a sentence-transformers model: local folder or hub name; null = the shipped one

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """`MINGJIAN_` and the field's name in capitals; `MINGJIAN_DATABASE` is a SQLAlchemy URL."""
        given = os.environ if environment is None else environment
        home = Path(given.get("MINGJIAN_HOME") or "data").absolute()
        return cls(
            home=home,
            database_url=given.get("MINGJIAN_DATABASE") or f"sqlite:///{home / 'mingjian.sqlite3'}",
            host=given.get("MINGJIAN_HOST") or "127.0.0.1",
            port=_port(given.get("MINGJIAN_PORT") or "7860"),
            demo=Path(given.get("MINGJIAN_DEMO") or PROJECT / "demo" / "mountain-county-2024"),
            embedding=given.get("MINGJIAN_EMBEDDING") or None,
        )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(
            f"环境变量 MINGJIAN_PORT 的值“{text[:20]}”不是端口号；请填 1 到 65535 之间的整数。"
        )
    return int(text)
