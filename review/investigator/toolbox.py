"""All tools of an investigation by name, and a call of one as it came from a model."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from review.investigator import knowing, querying, reading, submitting
from review.investigator.tools import Asking, CannotDo, Said, Tool


@cache
def all_tools() -> Mapping[str, Tool]:
    """Every tool by its name, in the order they are shown."""
    tools = (*reading.TOOLS, *querying.TOOLS, *knowing.TOOLS, *submitting.TOOLS)
    return {tool.name: tool for tool in tools}


@cache
def declared_tools() -> tuple[Mapping[str, Any], ...]:
    return tuple(tool.declared for tool in all_tools().values())


def use_tool(asking: Asking, name: str, arguments: str) -> Said:
    """What a tool says to a call as it came from a model; whatever is wrong with the call comes back in words."""
    tool = all_tools().get(name)
    if tool is None:
        return Said(f"没有工具“{asking.case.veil.hide(name[:40])}”；可用的工具：{'、'.join(all_tools())}。")
    try:
        given = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return Said(f"{name} 的参数不是 JSON；请只写一个 JSON 对象再调用一次。")
    if not isinstance(given, dict):
        return Said(f"{name} 的参数应是一个 JSON 对象；请改正后再调用一次。")
    try:
        return tool.run(asking, tool.arguments.model_validate(given))
    except ValidationError as wrong:
        return Said(f"{name} 的参数不对：{_told(wrong)}；请改正后再调用一次。")
    except CannotDo as problem:
        return Said(str(problem))


MISTAKES = {
    "missing": "缺这一项",
    "extra_forbidden": "没有这个参数",
    "string_type": "应是文字",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "list_type": "应是列表",
    "enum": "不在可用的值之内",
    "literal_error": "不在可用的值之内",
    "string_too_short": "不能为空",
    "string_too_long": "太长",
    "too_short": "至少要有一项",
    "too_long": "太多",
    "date_from_datetime_parsing": "应是 2024-06-12 这样的日期",
    "date_parsing": "应是 2024-06-12 这样的日期",
    "decimal_parsing": "应是数字",
}


def _told(wrong: ValidationError) -> str:
    """The first mistakes, by the names of the arguments; nothing of what was given is repeated."""
    told = []
    for one in wrong.errors(include_url=False, include_context=False, include_input=False)[:3]:
        known = one["type"] != "extra_forbidden"
        place = ".".join(str(part) for part in one["loc"]) if known else "多出的参数"
        told.append(f"{place or '参数'} {MISTAKES.get(one['type'], '写法不对')}")
    return "；".join(told)
