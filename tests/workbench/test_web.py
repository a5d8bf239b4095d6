"""The web application asked over HTTP: who gets in, what the headers forbid, what an upload may do."""

import asyncio
import io
import logging
import shutil
import zipfile
from random import Random

import pytest
from demonstration import ABSENT
from fastapi.testclient import TestClient

from evals.bent_pdfs import bomb
from review.pages.review import HANDLERS
from review.pages.shell import FOLDER, answer, asset
from review.store.accounts import Person
from review.web import create_app

PASSWORD = "correct horse battery"
HTML = {"accept": "text/html"}

pytestmark = pytest.mark.slow


def built(desk, host):
    """Built inside a running loop: outside of one Gradio opens event loops and leaves them to the collector."""

    async def build():
        return create_app(desk, host)

    return asyncio.run(build())


@pytest.fixture
def local(desk):
    return TestClient(built(desk, "127.0.0.1"), base_url="http://127.0.0.1:7860", follow_redirects=False)


@pytest.fixture
def open_to_the_net(desk):
    desk.accounts._loopback = False
    return TestClient(built(desk, "0.0.0.0"), base_url="http://10.0.0.5:7860", follow_redirects=False)


def signed_in(client):
    form = {"name": "王敏", "password": PASSWORD, "again": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def test_the_demonstration_opens_without_a_sign_in_on_this_machine(local):
    assert [local.get(path, headers=HTML).status_code for path in ("/", "/inspections", "/chat")] == [
        200,
        200,
        200,
    ]


def test_every_door_is_shut_without_a_session(open_to_the_net):
    client = open_to_the_net
    assert client.get("/", headers=HTML).headers["location"] == "/sign-in"
    assert client.get("/config").status_code == 401
    assert client.post("/gradio_api/component_server/", json={}).status_code == 401
    assert client.get("/page/x/d0/1.png").status_code == 401
    assert client.put("/upload", content=b"x").status_code == 401
    assert "设置第一个管理员" in client.get("/sign-in").text


def test_a_session_opens_the_pages_and_signing_out_shuts_them(open_to_the_net):
    client = signed_in(open_to_the_net)
    assert client.get("/", headers=HTML).status_code == 200
    client.post("/sign-out")
    assert client.get("/", headers=HTML).status_code == 303


def test_the_cookie_is_for_this_site_and_for_the_server_only(open_to_the_net):
    form = {"name": "王敏", "password": PASSWORD, "again": PASSWORD}
    cookie = open_to_the_net.post("/sign-in", data=form).headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "max-age=28800"))


def test_a_wrong_password_is_told_in_chinese_and_the_name_given_back_is_escaped(open_to_the_net):
    client = signed_in(open_to_the_net)
    client.cookies.clear()
    reply = client.post("/sign-in", data={"name": '"><script>', "password": "wrong password"})
    assert (reply.status_code, "姓名或密码不对" in reply.text, "<script" in reply.text) == (400, True, False)


def test_every_answer_forbids_other_hosts(local):
    for path in ("/", "/sign-in", "/config", "/no-such-page"):
        headers = local.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'")
        assert "http" not in policy
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")


def test_another_site_can_neither_act_here_nor_reach_us_under_its_own_name(local):
    assert local.post("/sign-out", headers={"origin": "http://evil.example"}).status_code == 403
    assert local.get("/config", headers={"host": "evil.example"}).status_code == 421


def test_the_pages_name_no_other_host_and_hold_no_patient(local, desk):
    page = local.get("/", headers=HTML).text + local.get("/config").text
    names = [row["person_name"] for row in desk.results(desk.store.inspections()[0]).admissions.values()]
    assert not any(name in page for name in names)
    assert "run_history" not in page or '"run_history":false' in page.replace(" ", "")


def test_a_page_image_is_served_under_opaque_keys_and_the_view_is_noted(local, desk, case):
    shown = answer(desk, "review", HANDLERS[1], desk.accounts.who(None), {"case": case(ABSENT)})
    tab = next(tab["key"] for tab in shown["tabs"] if tab["file"].endswith(".pdf"))
    reply = local.get(f"/page/{case(ABSENT)}/{tab}/1.png")
    assert (reply.status_code, reply.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
    absent = local.get(f"/page/{case(ABSENT)}/{tab}/99.png")
    assert (absent.status_code, absent.json()["problem"]) == (
        404,
        "这一页不能显示图像：PDF 没有第 99 页；请核对页码。文字仍可读。",
    )
    assert local.get(f"/page/{case(ABSENT)}/d99/1.png").status_code == 404
    assert local.get("/page/unknown/d0/1.png").status_code == 404


def test_a_hostile_file_costs_its_own_picture_and_the_workbench_goes_on(local, desk, case, tmp_path):
    shown = answer(desk, "review", HANDLERS[1], desk.accounts.who(None), {"case": case(ABSENT)})
    tab = next(tab for tab in shown["tabs"] if tab["file"].endswith(".pdf"))
    entry = desk.inspection(desk.case(case(ABSENT), Person("王敏", ("组长",))).inspection.key)
    own = tmp_path / "检查"
    shutil.copytree(entry.folder, own)
    desk.store.update_inspection(entry.key, folder=str(own))
    source = next(own.rglob(tab["file"].rsplit("/", 1)[-1]))
    source.write_bytes(bomb(source.read_bytes(), Random(1)))
    reply = local.get(f"/page/{case(ABSENT)}/{tab['key']}/1.png")
    assert reply.status_code == 200 or reply.json()["problem"].startswith("这一页不能显示图像：")
    source.write_bytes(source.read_bytes()[:60])
    reply = local.get(f"/page/{case(ABSENT)}/{tab['key']}/1.png")
    assert (reply.status_code, reply.json()["problem"]) == (
        404,
        "这一页不能显示图像：PDF 损坏或不完整；请重新导出或重新拷贝该文件。文字仍可读。",
    )
    assert str(own) not in reply.text
    assert local.get("/", headers=HTML).status_code == 200


def test_our_own_files_are_served_by_content_and_nothing_else_is(local):
    for file in FOLDER.glob("*.js"):
        reply = local.get(asset(file.name))
        assert (reply.status_code, reply.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert local.get("/assets/000000000000/review.js").status_code == 404
    assert local.get("/assets/x/..%2f..%2fstore.py").status_code in (403, 404)
    assert local.get("/file=/etc/passwd").status_code in (403, 404)


def test_the_demonstration_refuses_an_upload_until_there_is_an_administrator(local):
    reply = local.put("/upload", content=b"x")
    assert (reply.status_code, "第一个管理员" in reply.json()["problem"]) == (403, True)


def test_an_uploaded_zip_becomes_an_inspection_and_a_broken_one_a_message(open_to_the_net, desk, inspection):
    client = signed_in(open_to_the_net)
    reply = client.put("/upload", content=b"not a zip")
    assert (reply.status_code, "ZIP" in reply.json()["problem"]) == (400, True)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as packed:
        for file in inspection.rglob("*.*"):
            packed.write(file, file.relative_to(inspection))
    desk.runs.start = lambda key: True
    key = client.put("/upload?name=新检查", content=sink.getvalue()).json()["inspection"]
    entry = desk.inspection(key)
    assert (entry.name, entry.demo, entry.created_by) == ("新检查", False, "王敏")
    assert not list((desk.home / "uploads").glob("*.zip"))


def test_a_defect_reaches_the_reader_as_a_number_and_the_log_without_the_record(desk, caplog):
    def broken(desk, person, call):
        raise RuntimeError(call["text"])

    logging.getLogger("mingjian").addHandler(caplog.handler)
    reply = answer(desk, "review", broken, desk.accounts.who(None), {"text": "甘试一的病历"})
    assert reply["problem"].startswith("这一栏没有读出来。编号 ")
    assert "甘试一" not in caplog.text
    assert "RuntimeError" in caplog.text
    logging.getLogger("mingjian").removeHandler(caplog.handler)


def test_a_page_that_a_role_lacks_refuses_on_the_server(desk):
    expert = Person("王敏", ("专家",))
    assert answer(desk, "inspections", HANDLERS[0], expert, {}) == {
        "problem": "您没有这一页的权限，可请组长分配。"
    }
    assert answer(desk, "review", HANDLERS[0], None, {}) == {"signed_out": True}
