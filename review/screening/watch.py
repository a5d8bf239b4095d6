"""A standing watch on disk: its state, its lock, and how a run is put in place whole.

A run writes a folder of its own under `runs/`; only then is `watch.json` replaced by one that names it. What is in no
state is cleared away by the next run, so that a run stopped anywhere leaves what was there before. The folder holds
settlement rows of patients: nobody but its owner may read it.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from review.errors import InputError, SettingsError

FORMAT = 1
STATE = "watch.json"


@dataclass(frozen=True)
class Month:
    """One settlement month as it is held: the run whose folder has its rows, and how many stays it carried."""

    run: int
    stays: int


@dataclass(frozen=True)
class Ran:
    """What one run did, in stays; `month` is empty where all that is held was reviewed again."""

    run: int
    at: str
    month: str
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    beside: int
    seconds: float


@dataclass(frozen=True)
class State:
    """A watch between two runs. `rules` is the fingerprint of the rules, the views and the knowledge it rests on."""

    run: int = 0
    rules: str = ""
    name: str | None = None
    region: str | None = None
    hospital_code: str | None = None
    hospital_level: str | None = None
    secret: str = ""
    provided: tuple[str, ...] = ()
    months: Mapping[str, Month] = field(default_factory=dict)
    ran: tuple[Ran, ...] = ()


@dataclass(frozen=True)
class Watch:
    """A watch that this process alone works on."""

    folder: Path
    state: State

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def run_folder(self, run: int) -> Path:
        return self.folder / "runs" / f"{run:04d}"

    def part(self, month: str) -> Path:
        """The folder with the rows of a held month."""
        return self.run_folder(self.state.months[month].run) / "part"

    @property
    def now(self) -> Path:
        """The folder of the last run, which says what stands of every stay."""
        return self.run_folder(self.state.run)

    def commit(self, state: State) -> "Watch":
        """Put the folder of work in place as the run of this state, then the state itself."""
        target = self.run_folder(state.run)
        shutil.rmtree(target, ignore_errors=True)
        for file in self.work.rglob("*"):
            if file.is_file():
                _to_disk(file)
        self.work.rename(target)
        _to_disk(target.parent)
        draft = self.folder / f".{STATE}"
        draft.write_text(json.dumps({"format": FORMAT, **asdict(state)}, ensure_ascii=False), "utf-8")
        _to_disk(draft)
        draft.replace(self.folder / STATE)
        _to_disk(self.folder)
        watch = replace(self, state=state)
        _clear(watch)
        return watch


@contextmanager
def opened(folder: Path, *, new: bool) -> Iterator[Watch]:
    """A watch for one run; `new` may begin one. Raises SettingsError where another run has it or there is none."""
    if not (folder / STATE).exists():
        strangers = folder.is_dir() and any(
            one.name not in {"runs", "work", ".lock", f".{STATE}"} for one in folder.iterdir()
        )
        if strangers or folder.is_file():
            raise SettingsError(f"{folder} 里有别的文件，不是月结文件夹；请另选一个空文件夹。")
        if not new:
            raise SettingsError(f"{folder} 里还没有月结数据；请先给出一个月的结算数据和 --month。")
    try:
        (folder / "runs").mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        lock = (folder / ".lock").open("a", encoding="utf-8")
    except OSError as problem:
        raise SettingsError(f"{folder} 不能写入（{problem.strerror}）；请换一个位置。") from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise SettingsError(f"{folder} 正由另一次月结使用；请等它结束后再试。") from problem
        watch = Watch(folder, _read(folder / STATE))
        _clear(watch)
        try:
            yield watch
        finally:
            shutil.rmtree(watch.work, ignore_errors=True)


def _read(file: Path) -> State:
    if not file.exists():
        return State()
    try:
        said = json.loads(file.read_text("utf-8"))
        form = said.pop("format")
        if form == FORMAT:
            months = {name: Month(**one) for name, one in said.pop("months").items()}
            ran = tuple(Ran(**one) for one in said.pop("ran"))
            return State(**said | {"provided": tuple(said["provided"])}, months=months, ran=ran)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InputError(
            f"{file} 读不出来；请从备份取回该文件夹，或在新的文件夹里逐月重新加入。"
        ) from problem
    raise InputError(
        f"{file} 由另一版本的程序写成（格式 {form}）；请用那个版本，或在新的文件夹里逐月重新加入。"
    )


def _clear(watch: Watch) -> None:
    """Take away what no state names: a run that was stopped, and the rows of a month that was replaced."""
    shutil.rmtree(watch.work, ignore_errors=True)
    held = {month.run for month in watch.state.months.values()}
    for run in (watch.folder / "runs").iterdir():
        if not run.name.isdigit() or int(run.name) > watch.state.run:
            shutil.rmtree(run, ignore_errors=True)
        elif int(run.name) not in held:
            shutil.rmtree(run / "part", ignore_errors=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
