"""The product's commands as a bureau gives them, in a home of their own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ("MINGJIAN_DATABASE", "MINGJIAN_MODEL", "MINGJIAN_MODEL_URL", "MINGJIAN_EMBEDDING")


@dataclass(frozen=True)
class Commands:
    home: Path

    @property
    def database(self) -> str:
        return f"sqlite:///{self.home / 'mingjian.sqlite3'}"

    def review(self, *words: str | Path, may_refuse: bool = False) -> str:
        """What `python -m review` printed. Raises ValueError with its message where it fails.

        `may_refuse`: a refusal is what is wanted, and its message is given back.
        """
        environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        environment |= {
            "MINGJIAN_HOME": str(self.home), "MINGJIAN_DATABASE": self.database, "PYTHONPATH": str(ROOT)
        }  # fmt: skip
        ran = subprocess.run(
            [sys.executable, "-m", "review", *map(str, words)], env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if may_refuse:
            return ran.stderr
        if ran.returncode:
            raise ValueError(f"review {words[0]}：{ran.stderr.strip()[-600:]}")
        return ran.stdout
