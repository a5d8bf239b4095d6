"""登录: a page of our own, without scripts; the first sign-in of all makes the first administrator."""

from html import escape

from fastapi.responses import HTMLResponse

from review.pages.shell import asset
from review.store.accounts import LONGEST_NAME, SHORTEST_PASSWORD

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>登录 · 明鉴</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="stylesheet" href="{tokens}"><link rel="stylesheet" href="{style}"></head>
<body class="mj door"><main><h1>明鉴</h1><p class="lead">{lead}</p>
<form method="post" action="/sign-in">{problem}
<label>姓名<input name="name" value="{name}" maxlength="{longest}" autocomplete="username" required autofocus></label>
<label>密码<input name="password" type="password" minlength="{shortest}" maxlength="200"
 autocomplete="{complete}" required></label>{again}
<button class="btn main">{button}</button></form>
<p class="small muted">会话 8 小时，30 分钟不用须重新登录。</p></main></body></html>"""
AGAIN = """
<label>再输一次密码<input name="again" type="password" maxlength="200" autocomplete="new-password" required></label>"""


def sign_in_page(first: bool, problem: str = "", name: str = "") -> HTMLResponse:
    """The form, with one line of error that does not say which of name and password was wrong."""
    page = PAGE.format(
        tokens=asset("tokens.css"),
        style=asset("sign_in.css"),
        lead="设置第一个管理员" if first else "登录后开始工作",
        problem=f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else "",
        name=escape(name[:LONGEST_NAME], quote=True),
        longest=LONGEST_NAME,
        shortest=SHORTEST_PASSWORD if first else 1,
        complete="new-password" if first else "current-password",
        again=AGAIN if first else "",
        button="设置并登录" if first else "登录",
    )
    return HTMLResponse(page, status_code=400 if problem else 200)
