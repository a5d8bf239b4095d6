"""The house keeps its own rules: imports go one way, one door per library, files that read at one go."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = [
    ROOT / "app.py",
    *(
        file
        for top in ("bundle", "review", "knowledge", "prompts", "evals")
        for file in (ROOT / top).rglob("*.py")
    ),
]
SCRIPTS = [file for file in (ROOT / "review").rglob("*.js")]
LONGEST_FILE, LONGEST_FUNCTION = 300, 60

DOORS = {
    "pypdf": ("review/forensics/structure.py",),
    "pypdfium2": ("knowledge/readers/", "review/forensics/"),
    "rapidocr": ("knowledge/readers/",),
    "docx": ("knowledge/readers/", "review/reports/", "evals/bench/long_stays.py"),
    "openpyxl": ("knowledge/readers/", "review/reports/workbook.py", "evals/province/institution.py"),
    "bs4": ("knowledge/readers/",),
    "chromadb": ("knowledge/finding/index.py",),
    "sentence_transformers": ("knowledge/finding/index.py", "evals/"),
    "duckdb": ("review/engines/",),
    "pyspark": ("review/engines/",),
    "sqlglot": ("review/engines/",),
    "langchain": ("review/llm.py",),
    "gradio": ("review/pages/", "review/web.py", "app.py"),
    "chinese_calendar": ("review/procedure/working_days.py",),
    "docxtpl": ("review/reports/letters.py",),
    "icalendar": ("review/procedure/plan_calendar.py",),
    "sqlalchemy": (
        "review/store/copying.py",
        "review/store/schema.py",
        "review/store/store.py",
        "review/store/talks.py",
        "review/store/engine.py",
        "review/store/life.py",
        "review/store/pairs.py",
        "review/store/people.py",
        "review/store/chain.py",
        "review/store/trail.py",
        "review/store/rulings.py",
        "review/store/proposals.py",
        "review/store/proposed_schema.py",
        "review/store/decision_rows.py",
        "review/store/hearing_schema.py",
        "review/store/hearings.py",
        "review/store/plan_schema.py",
        "review/store/plans.py",
        "review/store/migrations/",
    ),
}
MAY_NOT_IMPORT = {
    "knowledge": ("review", "evals", "app", "prompts", "bundle"),
    "prompts": ("review", "evals", "app", "knowledge", "bundle"),
    "review": ("evals", "app", "bundle"),
}
LOWER_LAYERS = {
    "review/models.py": ("review.violations",),
    "review/record.py": (),
    "review/violations.py": (),
    "review/errors.py": (),
}
VAGUE_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|manager|base|misc)(_|$)")


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imported_modules(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def top(module: str) -> str:
    return module.split(".")[0]


@pytest.mark.parametrize("file", PRODUCT, ids=relative)
def test_each_library_is_entered_by_its_one_door(file):
    wrong = {
        library
        for library in {top(module) for module in imported_modules(file)} & set(DOORS)
        if not relative(file).startswith(DOORS[library])
    }
    assert wrong == set()


@pytest.mark.parametrize("file", PRODUCT, ids=relative)
def test_imports_go_one_way(file):
    mine = relative(file).split("/")[0]
    forbidden = MAY_NOT_IMPORT.get(mine, ())
    assert {module for module in imported_modules(file) if top(module) in forbidden} == set()


@pytest.mark.parametrize("name", LOWER_LAYERS)
def test_the_nouns_import_nothing_above_them(name):
    used = {module for module in imported_modules(ROOT / name) if top(module) in {"review", "knowledge"}}
    assert used <= set(LOWER_LAYERS[name])


@pytest.mark.parametrize("file", PRODUCT + SCRIPTS, ids=relative)
def test_a_file_reads_at_one_go(file):
    assert len(file.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("file", PRODUCT, ids=relative)
def test_no_function_is_longer_than_a_page(file):
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize("file", PRODUCT, ids=relative)
def test_every_module_says_what_it_is(file):
    text = file.read_text("utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)) or file.name == "__init__.py"


def test_names_are_nouns_of_the_field():
    assert [relative(file) for file in PRODUCT if VAGUE_NAMES.search(file.stem)] == []


def test_only_composition_roots_read_the_environment():
    reads = re.compile(r"os\.(getenv|environ\.get|environ\[[^\]]+\](?!\s*=))")
    readers = {relative(file) for file in PRODUCT if reads.search(file.read_text("utf-8"))}
    assert readers <= {"review/settings.py", "knowledge/__main__.py", "evals/__main__.py"}
