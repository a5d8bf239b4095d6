"""The settings, read once from the environment by the composition roots and handed down from there."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from review.errors import SettingsError
from review.proxy import NO_PROXY, Proxy

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class ModelLimits:
    """What the second reader may cost: tokens and yuan of one inspection (null: no bound), requests at once."""

    tokens: int | None = None
    yuan: float | None = None
    yuan_in: float = 0.0  # of a million tokens
    yuan_out: float = 0.0
    at_once: int = 4
    private: bool = False  # refuse a model that is not at a private address

    @classmethod
    def read(cls, text: str) -> "ModelLimits":
        """From `tokens=2000000 yuan=50 yuan_in=2 yuan_out=8 at_once=4 private=yes`, each optional."""
        given: dict[str, Any] = {}
        for word in text.split():
            name, _, value = word.partition("=")
            try:
                given[name] = _LIMITS[name](value)
            except (KeyError, ValueError):
                raise SettingsError(
                    "环境变量 MINGJIAN_MODEL_LIMITS 读不出来；请写成 "
                    "tokens=2000000 yuan=50 yuan_in=2 yuan_out=8 at_once=4 private=yes 这样，各项可省。"
                ) from None
        if "yuan" in given and not (given.get("yuan_in") or given.get("yuan_out")):
            raise SettingsError(
                "环境变量 MINGJIAN_MODEL_LIMITS 限定了金额而没有单价；请补上 yuan_in 和 yuan_out（每百万词元的元数）。"
            )
        return cls(**given)

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """Yuan."""
        return (tokens_in * self.yuan_in + tokens_out * self.yuan_out) / 1_000_000


def _positive(text: str) -> int:
    if not 0 < int(text) < 10**12:
        raise ValueError
    return int(text)


def _yuan(text: str) -> float:
    value = float(text)
    if not 0 <= value < 10**9:
        raise ValueError
    return value


_LIMITS: Mapping[str, Callable[[str], Any]] = {
    "tokens": _positive,
    "yuan": _yuan,
    "yuan_in": _yuan,
    "yuan_out": _yuan,
    "at_once": lambda text: min(_positive(text), 64),
    "private": {"yes": True, "no": False}.__getitem__,
}


@dataclass(frozen=True)
class Settings:
    """Where things live and where the pages are served; every field has a default that works unplugged."""

    home: Path
    database_url: str
    host: str
    port: int
    demo: Path
    embedding: str | None  # a sentence-transformers model: local folder or hub name; null = the shipped one
    model: str | None = None  # a language model, by the name its server knows it by; null = none is asked
    model_url: str | None = None  # the server's OpenAI-compatible address, such as http://10.0.0.8:8000/v1
    model_key: str | None = field(default=None, repr=False)
    model_timeout: float = 60.0  # the longest that an answer may take
    model_limits: ModelLimits = ModelLimits()
    proxy: Proxy = NO_PROXY  # whose word on who is signed in is taken; nobody's

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
            proxy=Proxy.read(given.get("MINGJIAN_PROXY") or ""),
            **_model(given),
        )


def _model(given: Mapping[str, str]) -> dict[str, Any]:
    name, url = given.get("MINGJIAN_MODEL") or None, given.get("MINGJIAN_MODEL_URL") or None
    if bool(name) != bool(url):
        missing = "MINGJIAN_MODEL_URL" if name else "MINGJIAN_MODEL"
        raise SettingsError(f"用语言模型须同时填写名称和地址；请补上环境变量 {missing}，或两项都不填。")
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise SettingsError(
            "环境变量 MINGJIAN_MODEL_URL 不是网址；请填模型服务的地址，如 http://127.0.0.1:8000/v1。"
        )
    seconds = given.get("MINGJIAN_MODEL_TIMEOUT") or "60"
    if not seconds.isdigit() or not 1 <= int(seconds) <= 600:
        raise SettingsError("环境变量 MINGJIAN_MODEL_TIMEOUT 不是秒数；请填 1 到 600 之间的整数。")
    key = given.get("MINGJIAN_MODEL_KEY") or None
    limits = ModelLimits.read(given.get("MINGJIAN_MODEL_LIMITS") or "")
    return {
        "model": name,
        "model_url": url,
        "model_key": key,
        "model_timeout": float(seconds),
        "model_limits": limits,
    }


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(
            f"环境变量 MINGJIAN_PORT 的值“{text[:20]}”不是端口号；请填 1 到 65535 之间的整数。"
        )
    return int(text)
