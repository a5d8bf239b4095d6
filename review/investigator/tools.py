"""A tool of an investigation: what it is called, what it says to a model, what it takes and what it does.

All of them read; the two that do something, `submit_finding` and `finish`, only change the investigation itself.
What a tool cannot do it says in one sentence that a next step can act on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from review.investigator.case import Case
from review.models import Finding


class Arguments(BaseModel):
    """What a tool takes; a name it does not know is an error, so that a misspelt one is not passed over."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class CannotDo(Exception):
    """A tool cannot do what was asked; the message says in Chinese why, and what to do instead."""


@dataclass(frozen=True)
class Said:
    """What a tool gives back: the text for the model, and what it changes in the investigation."""

    text: str
    finding: Finding | None = None
    finished: str | None = None
    refused: str | None = None  # the kind of refusal of a submission


@dataclass(frozen=True)
class Asking:
    """Who asks: the case, the model's name, what it has already submitted, the seconds a query may take."""

    case: Case
    model: str
    submitted: Sequence[Finding] = ()
    query_seconds: float = 10.0


@dataclass(frozen=True)
class Tool:
    """One tool."""

    name: str
    says: str
    arguments: type[BaseModel]
    run: Callable[[Asking, Any], Said]

    @property
    def declared(self) -> Mapping[str, Any]:
        """The tool in the form of the protocol."""
        schema = self.arguments.model_json_schema()
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.says, "parameters": _plain(schema)},
        }


def _plain(schema: Any) -> Any:
    """A schema without the titles and nested definitions that some servers stumble over."""
    return _inlined(schema, schema.get("$defs", {}))


def _inlined(part: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(part, list):
        return [_inlined(one, definitions) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(definitions[part["$ref"].rsplit("/", 1)[-1]], definitions)
    return {
        name: _inlined_properties(value, definitions)
        if name == "properties"
        else _inlined(value, definitions)
        for name, value in part.items()
        if name not in ("title", "$defs")
    }


def _inlined_properties(properties: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    return {name: _inlined(one, definitions) for name, one in properties.items()}
