"""登录, 修改密码 and the refusal of a page: pages of our own, without scripts.

The first sign-in of all makes the first administrator.
"""

from html import escape

from fastapi.responses import HTMLResponse

from review.casework.desk import NO_RIGHT
from review.pages.shell import asset
from review.store.accounts import LONGEST_NAME, SHORTEST_PASSWORD, Person

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title} · 明鉴</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="{tokens}"><link rel="stylesheet" href="{style}">
<link rel="stylesheet" href="{reach}"></head>
<body class="mj door"><main><h1>明鉴</h1><p class="lead">{lead}</p>{body}</main></body></html>"""
FORM = """<form method="post" action="{action}">{problem}{fields}<button class="btn main">{button}</button></form>
<p class="small muted">{foot}</p>"""
NAME = """<label>姓名<input name="name" value="{name}" maxlength="{longest}" autocomplete="username" required
 {focus}></label>"""
PASSWORD = """<label>{label}<input name="{name}" type="password" minlength="{shortest}" maxlength="200"
 autocomplete="{complete}" required {focus}></label>"""
ONWARD = '<input type="hidden" name="onward" value="{onward}">'
NEW = f"至少 {SHORTEST_PASSWORD} 个字符，长比复杂有用。"


def sign_in_page(first: bool, problem: str = "", name: str = "", onward: str = "/") -> HTMLResponse:
    """The form, with one line of error that does not say which of name and password was wrong."""
    focus = ("", "autofocus") if name else ("autofocus", "")
    fields = NAME.format(name=escape(name[:LONGEST_NAME], quote=True), longest=LONGEST_NAME, focus=focus[0])
    fields += _password("密码", "password", new=first, focus=focus[1])
    fields += _password("再输一次密码", "again", new=True) if first else ""
    fields += ONWARD.format(onward=escape(onward, quote=True))
    foot = NEW if first else "会话 8 小时，30 分钟不用则锁屏。忘记密码请管理员重置。"
    lead, button = ("设置第一个管理员", "设置并登录") if first else ("登录后开始工作", "登录")
    return _page("登录", lead, _form("/sign-in", fields, button, foot, problem), 400 if problem else 200)


def password_page(person: Person, problem: str = "") -> HTMLResponse:
    """A person's own password; where one was given out it must be changed before anything else."""
    lead = "现在的密码由管理员设置，请换成只有您知道的" if person.must_change else "修改密码"
    fields = _password("原密码", "old", new=False, focus="autofocus")
    fields += _password("新密码", "password", new=True) + _password("再输一次新密码", "again", new=True)
    foot = NEW + "修改后，您在别处的登录会结束。"
    body = _form("/password", fields, "修改密码", foot, problem)
    if not person.must_change:
        body += '<p class="small"><a href="/">不改，返回</a></p>'
    return _page(f"修改密码（{person.name}）", lead, body, 400 if problem else 200)


def refused_page(person: Person, home: str) -> HTMLResponse:
    """A page that a role lacks."""
    body = (
        f'<p class="problem" role="alert">{escape(NO_RIGHT)}</p>'
        f'<p class="small muted">{escape(person.name)} · {escape("、".join(person.roles))}</p>'
        f'<p><a class="btn main" href="{escape(home, quote=True)}">返回我的页面</a></p>'
    )
    return _page("没有权限", "这一页不在您的权限内", body, 403)


def unknown_page(named: str) -> HTMLResponse:
    """Somebody signed in to the bureau's own sign-on, who has no account here."""
    said = f"统一登录的“{named[:LONGEST_NAME]}”还没有账户，或已停用。请管理员在“人员”页新建同名账户。"
    return _page("没有账户", "统一登录", f'<p class="problem" role="alert">{escape(said)}</p>', 403)


def _password(label: str, name: str, *, new: bool, focus: str = "") -> str:
    return PASSWORD.format(
        label=label,
        name=name,
        shortest=SHORTEST_PASSWORD if new else 1,
        complete="new-password" if new else "current-password",
        focus=focus,
    )


def _form(action: str, fields: str, button: str, foot: str, problem: str) -> str:
    told = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    return FORM.format(action=action, problem=told, fields=fields, button=button, foot=foot)


def _page(title: str, lead: str, body: str, status: int) -> HTMLResponse:
    links = {"tokens": asset("tokens.css"), "style": asset("sign_in.css"), "reach": asset("reach.css")}
    page = PAGE.format(title=escape(title), lead=escape(lead), body=body, **links)
    return HTMLResponse(page, status_code=status)
