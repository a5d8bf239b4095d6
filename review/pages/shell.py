"""What every page stands on: one HTML component, its scripts, and the way from a browser's call to a handler.

The template holds no data and the browser writes text only as text, so that nothing in a record can run.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from starlette.requests import Request

from review.casework.desk import NO_RIGHT, Call, Desk, Refused
from review.casework.results import Line
from review.door import person_of
from review.logs import record_defect
from review.store.accounts import Person
from review.store.life import ClosedInspection

FOLDER = Path(__file__).parent
Handler = Callable[[Desk, Person, Call], Line]
TEMPLATE = '<div class="mj" data-mj lang="zh-CN"></div>'
START = """
const begin = () => {
  const ready = window.mingjian && PAGES.every((name) => mingjian.loaded.has(name));
  if (ready) mingjian.start('PAGE', element.querySelector('[data-mj]'), server);
  else setTimeout(begin, 10);
};
begin();
"""


def answer(desk: Desk, page: str, handler: Handler, person: Person | None, call: Any) -> Line:
    """Who, right, handler, plain values: the one edge at which a defect becomes a number the reader can quote."""
    if person is None:
        return {"signed_out": True}
    if isinstance(call, dict) and call.get("as") not in (None, person.name):
        return {"other_person": True}  # somebody else signed in since the page was opened
    if not person.opens(page):
        return {"problem": NO_RIGHT}
    try:
        return handler(desk, person, call if isinstance(call, dict) else {})
    except (Refused, ClosedInspection) as refusal:
        return {"problem": str(refusal)}
    except Exception as defect:
        number = record_defect(defect, handler.__name__)
        return {"problem": f"这一栏没有读出来。编号 {number}，已记录。", "defect": True}


def build_page(
    desk: Desk, page: str, handlers: Sequence[Handler], scripts: Sequence[str], styles: Sequence[str]
) -> None:
    """Put a page's one component into the current Gradio block."""
    import gradio as gr
    from gradio.components.navbar import Navbar

    Navbar(visible=False)  # the bar is ours
    names = [script.removesuffix(".js") for script in scripts]
    gr.HTML(
        html_template=TEMPLATE,
        js_on_load=START.replace("PAGES", repr(names)).replace("PAGE", page),
        apply_default_css=False,
        head=_head(scripts, styles),
        server_functions=[_served(desk, page, handler) for handler in handlers],
    )


def _served(desk: Desk, page: str, handler: Handler) -> Callable[..., Line]:
    import gradio as gr

    # the library hands a server function the bare web request, whatever the annotation says
    def serve(call: Any, request: gr.Request) -> Line:
        return answer(desk, page, handler, person_of(desk.accounts, cast("Request", request)), call)

    serve.__name__ = handler.__name__
    return serve


def _head(scripts: Sequence[str], styles: Sequence[str]) -> str:
    links = [f'<link rel="stylesheet" href="{asset(name)}">' for name in (*styles, "reach.css")]
    return "".join(links + [f'<script src="{asset(name)}"></script>' for name in scripts])


@cache
def asset(name: str) -> str:
    """The address of a script or style; changes when the file does."""
    return f"/assets/{hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]}/{name}"
