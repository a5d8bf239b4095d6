"""Accounts in a real browser: the first administrator, a wrong password, lock-out, roles, passwords, the lock screen."""

import os
import re

import pytest
from browsing import LIVE
from serving import PASSWORD, furnish, served

from review.door import PATHS
from review.store.accounts import PAGES
from review.store.store import Store

pytestmark = LIVE
NO_RIGHT = "您没有这一页的权限，可请组长分配。"
PEOPLE = {
    "王敏": ("组长", "管理员"),
    "李国栋": ("专家",),
    "周岚": ("专家",),
    "赵晓": ("经办",),
    "陈立群": ("组长",),
    "孙只": ("只读",),
    "钱管": ("管理员",),
}
OPENS = {  # as the table of roles and pages has it; a page that is not built yet is nobody's
    "李国栋": {"审核", "问答", "规则", "文书", "留痕"},
    "陈立群": {"审核", "总览", "检查", "问答", "依据", "规则", "文书", "留痕", "评测"},
    "赵晓": {"问答", "依据", "规则"},
    "钱管": {"检查", "依据", "规则", "留痕", "人员", "评测"},
    "孙只": {"审核", "总览", "问答", "依据", "规则"},
}
IN_MENU = ("评测", "人员")
BUILT = {PAGES[page]: f"/{path}" for path, page in PATHS.items()}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("people")


@pytest.fixture(scope="module")
def address(home):
    furnish(home, [], PEOPLE)
    with served(home) as url:
        yield url


@pytest.fixture
def window(browser):
    """A fresh window; afterwards no script may have failed, and nobody else been asked."""
    contexts, wrong = [], []

    def fresh(**more):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", **more)
        page = context.new_page()
        page.on("pageerror", lambda problem: wrong.append(str(problem)))
        contexts.append(context)
        return page

    yield fresh
    for context in contexts:
        context.close()
    assert wrong == []


def shot(page, name):
    if target := os.environ.get("MINGJIAN_SHOTS"):
        page.screenshot(path=f"{target}/{name}.png")


def enter(page, address, name, password=PASSWORD, path="/"):
    page.goto(address + path)
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("button")
    return page


def menu(page):
    """What the avatar's menu offers; a page that is drawn anew meanwhile has closed it."""
    page.wait_for_function(
        """() => {
            if (!document.querySelector('.menu.user')) document.querySelector('.avatar').click();
            return document.querySelector('.menu.user button:last-child');
        }"""
    )
    return page.inner_text(".menu.user").split("\n")


def call(page, name, value):
    """A handler asked past the page, as whoever has a session could: by its place among all the handlers."""
    return page.evaluate(
        """async ([name, value]) => {
            const config = await (await fetch('/config')).json();
            const part = config.components.find((one) => (one.props.server_fns || []).includes(name));
            const reply = await fetch('/gradio_api/component_server/', {method: 'POST', headers: {'Content-Type': 'application/json'},
                body: JSON.stringify({data: value, component_id: part.id, fn_name: name, session_hash: 'x'})});
            return reply.json();
        }""",
        [name, value],
    )


def test_the_first_person_of_all_is_made_administrator_and_signed_in(window, tmp_path):
    furnish(tmp_path, [], {})
    with served(tmp_path, MINGJIAN_HOST="127.0.0.1") as url:
        store = Store.open(f"sqlite:///{tmp_path / 'mingjian.sqlite3'}")
        store.add_inspection("真实检查", "甲院", tmp_path, "王敏")  # no demonstration any more
        page = window()
        page.goto(url)
        assert "设置第一个管理员" in page.inner_text("main")
        shot(page, "first-administrator")
        page.fill("[name=name]", "王敏")
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=again]", "something else")
        page.click("button")
        assert "两次输入的密码不一样" in page.inner_text("[role=alert]")
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=again]", PASSWORD)
        page.click("button")
        page.wait_for_selector(".pages")
        assert page.url.startswith(f"{url}/inspections")
        assert menu(page)[-3:] == ["人员", "修改密码", "退出登录"]
        assert [line.act for line in store.trail.lines(_all())] == ["first_administrator"]
        store.close()


def _all():
    from review.store.entries import TrailFilter

    return TrailFilter()


def test_a_link_that_was_sent_is_opened_after_the_sign_in(window, address):
    page = enter(window(), address, "王敏", path="/audit?act=sign_in")
    page.wait_for_selector(".trail tr")
    assert page.url == f"{address}/audit?act=sign_in"
    page = window()
    page.goto(f"{address}/sign-in?onward=//evil.example/")
    assert page.input_value("[name=onward]") == "/"


@pytest.mark.parametrize("name", list(OPENS))
def test_a_role_sees_its_pages_and_is_refused_the_others_by_the_server(window, address, name):
    page = enter(window(), address, name)
    page.wait_for_selector(".pages a")
    bar = page.inner_text(".pages").split("\n")
    assert bar == [
        one for one in PAGES.values() if one in OPENS[name] and one in BUILT and one not in IN_MENU
    ]
    for one in IN_MENU:
        assert (one in menu(page)) is (one in OPENS[name])
    statuses = {}
    for said, path in BUILT.items():
        reply = page.request.get(address + path, headers={"accept": "*/*"}, max_redirects=0)
        statuses[said] = reply.status
        assert (NO_RIGHT in reply.text()) is (reply.status == 403)
    home = {"审核": 303} if "审核" not in OPENS[name] else {}
    assert statuses == {one: 200 if one in OPENS[name] else 403 for one in BUILT} | home
    asked = {
        "检查": ("open_list", {}),
        "依据": ("open_library", {}),
        "留痕": ("open_audit", {}),
        "审核": ("open_queue", {}),
    }
    for said, (handler, value) in asked.items():
        assert (call(page, handler, value).get("problem") == NO_RIGHT) is (said not in OPENS[name])
    told = call(page, "add_account", {"name": "外人", "roles": ["管理员"]})
    assert (told.get("problem") == NO_RIGHT) is ("人员" not in OPENS[name]) or "已有" in told.get(
        "problem", ""
    )
    upload = page.request.put(address + "/upload", data=b"x").status
    assert upload == (400 if "检查" in OPENS[name] else 403)


def test_the_refused_page_says_so_and_leads_back(window, address):
    page = enter(window(), address, "李国栋", path="/users")
    assert NO_RIGHT in page.inner_text("[role=alert]")
    shot(page, "refused")
    page.click("text=返回我的页面")
    page.wait_for_selector(".pages")


def test_a_new_account_gets_a_password_once_and_must_change_it(window, address):
    page = enter(window(), address, "王敏", path="/users")
    page.wait_for_selector(".people tr")
    page.keyboard.press("KeyN")
    page.keyboard.type("郑医师")
    page.click(".adding-person .btn")
    assert "至少选一个角色" in page.inner_text("[role=alert]:visible")
    page.check(".adding-person input[value=专家]")
    page.click(".adding-person .btn")
    password = page.inner_text(".given .password")
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", password)
    row = page.locator(".people tr", has_text="郑医师")
    assert "未改初始密码" in row.inner_text()
    shot(page, "account-made")

    new = enter(window(), address, "郑医师", password)
    assert new.url == f"{address}/password"
    shot(new, "must-change")
    new.goto(f"{address}/rulebook")
    assert new.url == f"{address}/password"
    assert call(new, "open_rules", {})["problem"] == NO_RIGHT
    fill_passwords(new, password, PASSWORD, PASSWORD + "x")
    assert "不一样" in new.inner_text("[role=alert]")
    fill_passwords(new, "wrong password", PASSWORD + " two", PASSWORD + " two")
    assert "原密码不对" in new.inner_text("[role=alert]")
    fill_passwords(new, password, PASSWORD + " two", PASSWORD + " two")
    new.wait_for_selector(".pages")

    page.reload()
    page.wait_for_selector(".people tr")
    assert "在用" in row.inner_text()
    row.get_by_role("button", name="角色").click()
    page.check("dialog.ask input[value=组长]")
    shot(page, "roles")
    page.click("dialog.ask .btn.main")
    page.wait_for_function("() => document.querySelector('.people').textContent.includes('专家组长')")
    new.goto(f"{address}/inspections")
    new.wait_for_selector(".inspections, .empty")  # without signing in again
    row.get_by_role("button", name="停用").click()
    page.click("dialog.ask .btn.main")
    page.wait_for_selector("tr.stopped:has-text('郑医师')")
    new.goto(f"{address}/rulebook")
    assert new.url.startswith(f"{address}/sign-in")
    new.fill("[name=name]", "郑医师")
    new.fill("[name=password]", PASSWORD + " two")
    new.click("button")
    assert "姓名或密码不对" in new.inner_text("[role=alert]")


def fill_passwords(page, old, password, again):
    for name, value in (("old", old), ("password", password), ("again", again)):
        page.fill(f"[name={name}]", value)
    page.click("button")


def test_five_misses_lock_a_name_and_an_administrator_lifts_it(window, address):
    page = window()
    for _ in range(5):
        enter(page, address, "周岚", "wrong password")
        assert page.inner_text("[role=alert]") == "姓名或密码不对，请重新输入。"
    enter(page, address, "周岚")
    assert "已锁定 15 分钟" in page.inner_text("[role=alert]")
    shot(page, "locked-out")
    admin = enter(window(), address, "王敏", path="/users")
    row = admin.locator(".people tr", has_text="周岚")
    row.wait_for()
    assert "锁定至" in row.inner_text()
    row.get_by_role("button", name="解除锁定").click()
    admin.wait_for_function("() => !document.querySelector('.people').textContent.includes('锁定至')")
    enter(page, address, "周岚").wait_for_selector(".pages")


def test_the_last_administrator_cannot_take_himself_away(window, tmp_path):
    furnish(tmp_path, [], {"王敏": ("组长", "管理员")})
    with served(tmp_path) as url:
        page = enter(window(), url, "王敏", path="/users")
        page.wait_for_selector(".people tr")
        page.locator(".people tr", has_text="王敏").get_by_role("button", name="停用").click()
        page.click("dialog.ask .btn.main")
        page.wait_for_selector("[role=alert]:visible")
        assert "最后一位管理员" in page.inner_text("[role=alert]:visible")


def test_a_page_left_alone_locks_and_hides_what_it_shows(window, address):
    page = window()
    page.clock.install()
    enter(page, address, "王敏", path="/users")
    page.wait_for_selector(".people tr")
    page.clock.fast_forward("29:00")
    assert page.locator("dialog.again").count() == 0
    page.mouse.move(300, 300)
    page.clock.fast_forward("29:00")
    assert page.locator("dialog.again").count() == 0
    page.clock.fast_forward("02:00")
    page.wait_for_selector("dialog.again")
    assert "已锁屏" in page.inner_text("dialog.again")
    assert not page.is_visible(".people")
    shot(page, "locked")
    page.wait_for_function("() => fetch('/config').then((reply) => reply.status === 401)")
    page.fill("dialog.again [name=password]", "wrong password")
    page.click("dialog.again .btn")
    page.wait_for_function(
        "() => document.querySelector('dialog.again [role=alert]').textContent.includes('不对')"
    )
    page.fill("dialog.again [name=password]", PASSWORD)
    page.click("dialog.again .btn")
    page.wait_for_selector("dialog.again", state="detached")
    assert page.is_visible(".people")


def test_a_page_opened_by_one_person_does_nothing_for_the_next(window, address):
    page = enter(window(), address, "王敏", path="/users")
    page.wait_for_selector(".people tr")
    other = page.context.new_page()
    other.request.post(f"{address}/sign-out", headers={"origin": address})
    enter(other, address, "钱管", path="/users")
    other.wait_for_selector(".people tr")
    page.fill(".adding-person [name=name]", "误建")
    page.check(".adding-person input[value=只读]")
    page.click(".adding-person .btn")
    page.wait_for_function("() => document.querySelector('.who .name')?.textContent.includes('钱管')")
    assert "误建" not in str(call(page, "open_users", {}))


def test_a_listed_proxy_signs_in_whom_it_names_and_nobody_else(window, home, tmp_path):
    furnish(tmp_path, [], {"王敏": ("组长", "管理员"), "李国栋": ("专家",)})
    names = {"李国栋": "%E6%9D%8E%E5%9B%BD%E6%A0%8B", "路人": "%E8%B7%AF%E4%BA%BA"}
    with served(tmp_path, MINGJIAN_PROXY="from=127.0.0.1 user=X-Remote-User") as url:
        page = window(extra_http_headers={"X-Remote-User": names["李国栋"]})
        page.goto(url + "/audit")
        page.wait_for_selector(".trail")
        assert menu(page)[-1] == "退出登录" and "修改密码" not in menu(page)
        page.goto(url + "/users")
        assert NO_RIGHT in page.inner_text("[role=alert]")
        stranger = window(extra_http_headers={"X-Remote-User": names["路人"]})
        stranger.goto(url)
        assert "还没有账户" in stranger.inner_text("[role=alert]")
        nobody = window()
        nobody.goto(url)
        assert nobody.url == f"{url}/sign-in"
    with served(tmp_path, MINGJIAN_PROXY="from=10.0.0.9 user=X-Remote-User") as url:
        forger = window(extra_http_headers={"X-Remote-User": names["李国栋"], "X-Forwarded-For": "10.0.0.9"})
        forger.goto(url)
        assert forger.url == f"{url}/sign-in"
    store = Store.open(f"sqlite:///{tmp_path / 'mingjian.sqlite3'}")
    came = [(line.who, line.after) for line in store.trail.lines(_all()) if line.act == "sign_in"]
    store.close()
    assert came == [("李国栋", "统一登录")]
