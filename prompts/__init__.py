"""The questions put to a language model: one Markdown file each, with a header that says what it asks and takes.

`$name` stands for an input and is filled in one pass, so that text which is filled in is never expanded itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

FOLDER = Path(__file__).parent
_PARTS = re.compile(r"\A---\n(.*?)\n---\n## system\n(.*?)\n## user\n(.*)\Z", re.S)


class Header(BaseModel):
    """What is declared about a prompt; a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: int
    asks: str
    inputs: tuple[str, ...]
    answer: str
    temperature: float = 0.0


@dataclass(frozen=True)
class Prompt:
    """One question to a model; `system` and `user` hold `$name` for each of the header's inputs."""

    name: str
    header: Header
    system: str
    user: str

    def fill(self, inputs: Mapping[str, str]) -> tuple[str, str]:
        """System and user text. Raises ValueError where an input is missing or unknown."""
        if set(inputs) != set(self.header.inputs):
            wrong = "、".join(sorted(set(inputs) ^ set(self.header.inputs)))
            raise ValueError(f"提示词 {self.name} 的输入不对：{wrong}；请对照文件开头的 inputs。")
        return Template(self.system).substitute(inputs), Template(self.user).substitute(inputs)


def read_prompt(name: str, folder: Path = FOLDER) -> Prompt:
    """The prompt in `<name>.md`. Raises ValueError, which names file and fault."""
    return _parsed(name, (folder / f"{name}.md").read_text(encoding="utf-8"))


@lru_cache(maxsize=64)  # a stay asks the same few questions hundreds of times
def _parsed(name: str, text: str) -> Prompt:
    file_name = f"{name}.md"
    parts = _PARTS.match(text)
    if parts is None:
        raise ValueError(f"{file_name}：须有 --- 围起的说明、## system 和 ## user；请补上。")
    try:
        header = Header.model_validate(yaml.safe_load(parts[1]))
    except (ValidationError, yaml.YAMLError) as problem:
        raise ValueError(f"{file_name}：说明有误：{problem}") from problem
    system, user = parts[2].strip(), parts[3].strip()
    used = {*Template(system).get_identifiers(), *Template(user).get_identifiers()}
    if used != set(header.inputs) or not (Template(system).is_valid() and Template(user).is_valid()):
        wrong = "、".join(sorted(used ^ set(header.inputs))) or "$"
        raise ValueError(f"{file_name}：inputs 与文中的 $ 名称不一致：{wrong}；请改正。")
    return Prompt(name, header, system, user)
