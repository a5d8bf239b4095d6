"""The routes by which a person comes and goes: sign-in, first administrator, own password, sign-out; and the guard.

A page that a role lacks is refused here, before the page library is asked for anything.
"""

from urllib.parse import quote

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from review.door import (
    COOKIE,
    PATHS,
    address_of,
    home_of,
    is_secure,
    named_by_proxy,
    person_of,
    safe_path,
)
from review.pages.sign_in import password_page, refused_page, sign_in_page, unknown_page
from review.store.accounts import SESSION, Accounts, SignInRefused

OPEN_TO_ALL = ("/sign-in", "/sign-out", "/assets/", "/static/")


def lead(accounts: Accounts, request: Request) -> Response | None:
    """Where somebody who asks for a page is sent instead; null where the page may be shown, or is none."""
    path = request.url.path
    page = PATHS.get(path.strip("/"))
    wanted = page is not None or "text/html" in request.headers.get("accept", "")
    if request.method not in ("GET", "HEAD") or not wanted or path.startswith(OPEN_TO_ALL):
        return None
    person = person_of(accounts, request)
    if person is None:
        if named := named_by_proxy(accounts, request):
            return unknown_page(named)
        onward = path + (f"?{request.url.query}" if request.url.query else "")
        where = "" if onward == "/" else "?onward=" + quote(safe_path(onward), safe="")
        return RedirectResponse("/sign-in" + where, status_code=303)
    if person.must_change:
        return None if path == "/password" else RedirectResponse("/password", status_code=303)
    if page is None or person.opens(page):
        return None
    home = home_of(person)
    if page == PATHS[""] and not request.url.query and home != "/":
        return RedirectResponse(home, status_code=303)
    return refused_page(person, home)


def keep_proxied(accounts: Accounts, request: Request, answer: Response) -> None:
    """Begin a session, once, for whom a trusted proxy has signed in, so that the trail has his coming."""
    named = named_by_proxy(accounts, request)
    if named is None or answer.status_code != 200 or PATHS.get(request.url.path.strip("/")) is None:
        return
    person = accounts.who(None, named)
    if person is None or accounts.name_of(request.cookies.get(COOKIE)) == person.name:
        return
    if token := accounts.enter(named, address_of(accounts, request)):
        _set_cookie(accounts, request, answer, token)


def add_sign_in(app: FastAPI, accounts: Accounts) -> None:
    """Coming and going."""

    @app.get("/sign-in")
    def show(request: Request) -> Response:
        first = accounts.needs_first()
        if person_of(accounts, request) and not (first and request.query_params.get("first")):
            return RedirectResponse("/", status_code=303)
        return sign_in_page(first, onward=safe_path(request.query_params.get("onward", "/")))

    @app.post("/sign-in")
    def enter(
        request: Request,
        name: str = Form(""),
        password: str = Form(""),
        again: str = Form(""),
        onward: str = Form("/"),
    ) -> Response:
        first = accounts.needs_first()
        try:
            if first:
                token = accounts.first_administrator(name, password, again)
            else:
                token = accounts.sign_in(name, password, address_of(accounts, request))
        except SignInRefused as refusal:
            return sign_in_page(first, str(refusal), name, safe_path(onward))
        answer = RedirectResponse("/inspections" if first else safe_path(onward), status_code=303)
        _set_cookie(accounts, request, answer, token)
        return answer

    @app.post("/sign-out")
    def leave(request: Request) -> Response:
        if token := request.cookies.get(COOKIE):
            accounts.sign_out(token)
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.delete_cookie(COOKIE)
        return answer

    _add_password(app, accounts)


def _add_password(app: FastAPI, accounts: Accounts) -> None:
    @app.get("/password")
    def show(request: Request) -> Response:
        person = person_of(accounts, request)
        if person is None or person.demo or person.by_proxy:
            return RedirectResponse("/", status_code=303)
        return password_page(person)

    @app.post("/password")
    def change(
        request: Request, old: str = Form(""), password: str = Form(""), again: str = Form("")
    ) -> Response:
        person, token = person_of(accounts, request), request.cookies.get(COOKIE)
        if person is None or token is None or person.demo or person.by_proxy:
            return RedirectResponse("/sign-in", status_code=303)
        try:
            accounts.change_password(token, old, password, again, address_of(accounts, request))
        except SignInRefused as refusal:
            return password_page(person, str(refusal))
        return RedirectResponse("/", status_code=303)


def _set_cookie(accounts: Accounts, request: Request, answer: Response, token: str) -> None:
    lasts, secure = int(SESSION.total_seconds()), is_secure(accounts, request)
    answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", max_age=lasts, secure=secure)
