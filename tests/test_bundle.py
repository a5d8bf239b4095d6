"""The offline bundle: what is packed, what its installer refuses, and what an update does to an old home.

The real wheels are tried by `make bundle-trial`; here the real installer installs a small program with two small wheels.
"""

import ensurepip
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from bundle.__main__ import main
from bundle.home import prepare, unusable
from bundle.packing import BundleError, _glibc, assemble, gather
from review.settings import Settings
from review.store.engine import MIGRATIONS, engine_of
from review.store.store import Store

ROOT = Path(__file__).parent.parent
NOTHING_LISTENS_HERE = "http://127.0.0.1:9/simple"
# what install.sh asks of the program: a module that prepares the home and one that starts
HOME_MODULE = """
import os, pathlib, sys, inner, outer
home = pathlib.Path(os.environ["MINGJIAN_HOME"])
home.mkdir(exist_ok=True)
if (home / "broken").exists():
    sys.exit(2)
with (home / "prepared").open("a") as file:
    file.write(outer.SAYS + inner.SAYS + "\\n")
"""
APP = """
import os, sys, outer
print(outer.SAYS, os.environ["MINGJIAN_HOME"], os.environ["MINGJIAN_DEMO"], flush=True)
sys.stdin.read()
"""


def small_wheel(folder, name, needs=""):
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as held:
        held.writestr(f"{name}.py", f"SAYS = '{name}'\n")
        held.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
        held.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        held.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return wheel


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    (pip,) = (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")
    shutil.copy(pip, folder)
    small_wheel(folder, "outer", "Requires-Dist: inner==1.0\n")
    small_wheel(folder, "inner")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    shutil.copytree(ROOT / "bundle", folder / "bundle", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "bundle" / "home.py").write_text(HOME_MODULE, "utf-8")
    (folder / "app.py").write_text(APP, "utf-8")
    return folder


@pytest.fixture(scope="module")
def packed(tmp_path_factory, program, wheels):
    return assemble(program, wheels, tmp_path_factory.mktemp("out"), "aaaaaaaaaaaa", 1_700_000_000)


@pytest.fixture
def bundle(packed, tmp_path):
    """The unpacked folder."""
    return unpacked(packed.file, tmp_path / "unpacked")


def unpacked(archive, place):
    with tarfile.open(archive) as tar:
        tar.extractall(place, filter="data")
    (folder,) = place.iterdir()
    return folder


@pytest.fixture
def install(tmp_path):
    """Run the installer of a bundle; returns its exit code and what it said."""

    def run(bundle, **settings):
        bare = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
        # pip must not follow a machine's own settings to an index
        bare |= {"PYTHON": os.path.realpath(sys.executable), "PIP_INDEX_URL": NOTHING_LISTENS_HERE} | settings
        done = subprocess.run(
            ["sh", str(bundle / "install.sh"), str(tmp_path / "place")],
            env=bare,
            capture_output=True,
            encoding="utf-8",
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_the_same_content_gives_the_same_bytes(packed, program, wheels, tmp_path):
    again = assemble(program, wheels, tmp_path, "aaaaaaaaaaaa", 1_700_000_000)
    assert again.file.read_bytes() == packed.file.read_bytes()
    assert again.sha256 == hashlib.sha256(packed.file.read_bytes()).hexdigest()
    assert Path(f"{again.file}.sha256").read_text("utf-8") == f"{again.sha256}  {again.file.name}\n"


def test_it_installs_starts_and_refuses_to_update_while_running(bundle, install, tmp_path):
    code, said = install(bundle)
    place = tmp_path / "place"
    assert code == 0, said
    assert [line[:3] for line in said.splitlines() if line[1:2] == "/"] == ["1/5", "2/5", "3/5", "4/5", "5/5"]
    assert (place / "home" / "prepared").read_text() == "outerinner\n"
    server = subprocess.Popen(
        [place / "run.sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    demo = place / "current" / "program" / "demo" / "mountain-county-2024"
    assert server.stdout.readline() == f"outer {place / 'home'} {demo}\n"
    code, said = install(bundle)
    assert (code, said.splitlines()[-1]) == (2, "不能安装：明鉴正在运行；请先停下它，再装一次。")
    server.communicate(timeout=20)
    code, said = install(bundle)
    assert code == 0
    assert "这个版本已经装好" in said


def test_an_update_keeps_the_home_and_the_version_before(bundle, install, program, wheels, tmp_path):
    install(bundle)
    later = assemble(program, wheels, tmp_path, "bbbbbbbbbbbb", 1_700_000_001)
    code, said = install(unpacked(later.file, tmp_path / "later"))
    place = tmp_path / "place"
    assert code == 0
    assert f"{place}/versions/aaaaaaaaaaaa" in said
    assert os.readlink(place / "current") == "versions/bbbbbbbbbbbb"
    assert (place / "home" / "prepared").read_text() == "outerinner\nouterinner\n"


def test_an_update_whose_home_cannot_be_prepared_is_not_switched_to(
    bundle, install, program, wheels, tmp_path
):
    install(bundle)
    (tmp_path / "place" / "home" / "broken").touch()
    later = assemble(program, wheels, tmp_path, "bbbbbbbbbbbb", 1_700_000_001)
    code, said = install(unpacked(later.file, tmp_path / "later"))
    assert (code, said.splitlines()[-1]) == (
        2,
        "不能安装：数据没有准备好；程序未切换，原来的版本仍可使用。",
    )
    assert os.readlink(tmp_path / "place" / "current") == "versions/aaaaaaaaaaaa"


def altered(bundle):
    (bundle / "program" / "app.py").write_text("print('other')", "utf-8")


def cut_short(bundle):
    (bundle / "wheels" / "inner-1.0-py3-none-any.whl").unlink()


def slipped_in(bundle):
    small_wheel(bundle / "wheels", "stranger")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (altered, "与校验值不符"),
        (cut_short, "与校验值不符"),
        (slipped_in, "离线安装包以外的文件"),
    ],
)
def test_a_bundle_that_is_not_as_packed_is_refused(bundle, install, spoil, why, tmp_path):
    spoil(bundle)
    code, said = install(bundle)
    assert code == 2
    assert why in said
    assert not (tmp_path / "place").exists()


def test_another_python_another_machine_and_an_old_system_are_named(program, wheels, install, tmp_path):
    first = assemble(program, wheels, tmp_path, "aaaaaaaaaaaa", 1_700_000_000)
    for number, (line, why) in enumerate(
        [("python=3.9", "Python 3.9"), ("machine=riscv", "用于 riscv"), ("glibc=2.999", "glibc 2.999")]
    ):
        folder = unpacked(first.file, tmp_path / str(number))
        stated = (folder / "BUNDLE").read_text("utf-8").splitlines()
        name = line.split("=")[0]
        changed = "\n".join(line if old.startswith(f"{name}=") else old for old in stated) + "\n"
        sums = (folder / "SHA256SUMS").read_text("utf-8")
        old = hashlib.sha256((folder / "BUNDLE").read_bytes()).hexdigest()
        (folder / "BUNDLE").write_text(changed, "utf-8")
        (folder / "SHA256SUMS").write_text(
            sums.replace(old, hashlib.sha256(changed.encode()).hexdigest()), "utf-8"
        )
        code, said = install(folder)
        assert code == 2
        assert why in said.splitlines()[-1]


def release(url, revision):
    engine = engine_of(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def revision_of(file):
    with closing(sqlite3.connect(file)) as database:
        return database.execute("select version_num from alembic_version").fetchone()[0]


def test_an_old_home_is_copied_then_migrated(tmp_path):
    settings = Settings.from_environment({"MINGJIAN_HOME": str(tmp_path / "home")})
    settings.home.mkdir()
    release(settings.database_url, "0003")
    kept = prepare(settings)
    newest = max(file.name[:4] for file in (MIGRATIONS / "versions").glob("0*.py"))
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (revision_of(kept), revision_of(settings.home / "mingjian.sqlite3")) == ("0003", newest)


def test_a_fresh_home_has_nothing_to_copy(tmp_path):
    settings = Settings.from_environment({"MINGJIAN_HOME": str(tmp_path / "home")})
    assert prepare(settings) is None
    store = Store.open(settings.database_url)
    assert store.inspections() == []
    store.close()


def test_a_library_that_does_not_load_is_named_with_its_reason():
    assert unusable("json") == ""
    assert "no_such_library" in unusable("no_such_library")


@pytest.mark.parametrize(
    ("names", "least"),
    [
        (["a-1-py3-none-any"], "2.0"),
        (["a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64"], "2.17"),
        (["a-1-cp311-cp311-manylinux1_x86_64", "b-1-cp311-cp311-manylinux_2_28_x86_64"], "2.28"),
        (["a-1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64"], "2.27"),
    ],
)
def test_the_oldest_system_is_read_from_the_wheels(names, least):
    assert _glibc([Path(f"{name}.whl") for name in names]) == least


def test_wheels_are_chosen_by_the_requirements_and_a_missing_one_is_an_error(wheels, tmp_path, monkeypatch):
    program, kept = tmp_path / "program", tmp_path / "kept"
    (program / "bundle").mkdir(parents=True)
    kept.mkdir()
    for wheel in wheels:
        shutil.copy(wheel, kept)
    small_wheel(kept, "left")
    (program / "requirements.txt").write_text("outer==1.0\n", "utf-8")
    (program / "bundle" / "requirements.txt").write_text("pip\n", "utf-8")
    (program / "constraints.txt").write_text("", "utf-8")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(kept))
    assert sorted(wheel.name for wheel in gather(program, kept)) == [wheel.name for wheel in wheels]
    (kept / "inner-1.0-py3-none-any.whl").unlink()
    with pytest.raises(BundleError, match="inner"):
        gather(program, kept)


def test_a_trial_without_a_bundle_says_what_to_do(tmp_path, capsys):
    assert main(["trial", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.rstrip().endswith("请先 make bundle。")
