"""A table waits until somebody confirmed its columns; the command shows it, changes it, imports it and exports its rows."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from rule_sheets import JILIN, PRICES, book, csv_file

from knowledge.__main__ import main
from knowledge.holding.adding import add_paths, withdraw
from knowledge.holding.shelf import Shelf
from knowledge.importing.importers import file_sha256, import_rows
from knowledge.importing.sheet_previews import preview_tables
from knowledge.importing.waiting_tables import confirm_tables, waiting_tables
from knowledge.rows.held import load_rows


def states_of(home):
    return [(Path(state.file).name, state.state, state.rows, state.notes) for state in Shelf(home).states()]


def test_an_added_table_waits_in_the_list_until_confirmed_then_counts_its_rows_and_is_withdrawn(tmp_path):
    home, file = (
        tmp_path / "home",
        csv_file(tmp_path, "价.csv", PRICES, "110200005,诊查费,日,10,8,6,含建立档案"),
    )
    add_paths(home, [file])
    ((name, _, rows, notes),) = states_of(home)
    assert (name, rows, notes[0][:4]) == ("价.csv", 0, "待确认列")
    assert [path.name for path in waiting_tables(home)] == ["价.csv"]
    mapping = {p.sheet: p.mapping for p in preview_tables(waiting_tables(home)[0], home)}
    confirm_tables(home, waiting_tables(home)[0], mapping, JILIN)
    assert states_of(home) == [("价.csv", "已入库", 3, ())]
    assert waiting_tables(home) == []
    assert add_paths(home, [file]) == Shelf(home).states()
    assert len(load_rows("price_caps", home)) == 3
    withdraw(home, file_sha256(file))
    assert (states_of(home), load_rows("price_caps", home)) == ([], [])


def test_a_table_confirmed_before_it_was_added_is_added_with_its_rows(tmp_path):
    home, file = tmp_path / "home", csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    mapping = {p.sheet: p.mapping for p in preview_tables(file, home)}
    confirm_tables(home, file, mapping, JILIN)
    assert states_of(home) == [("价.csv", "已入库", 1, ())]


def test_a_file_whose_sheets_are_confirmed_one_by_one_waits_until_the_last(tmp_path):
    home = tmp_path / "home"
    file = book(
        tmp_path,
        "两表.xlsx",
        价格=[PRICES.split(","), ["110200005", "诊查费", "日", "10", "8", "6", "含建立档案"]],
        频次=[["国标代码", "诊疗名称", "限定频次"], ["001102000050000", "诊查费", "1次/日"]],
    )
    add_paths(home, [file])
    whole = {p.sheet: p.mapping for p in preview_tables(waiting_tables(home)[0], home)}
    assert set(whole) == {"价格", "频次"}
    confirm_tables(home, waiting_tables(home)[0], {"价格": whole["价格"]}, JILIN)
    assert [path.name for path in waiting_tables(home)] == ["两表.xlsx"]
    assert states_of(home)[0][3][-1].startswith("待确认列")
    confirm_tables(home, waiting_tables(home)[0], {"频次": whole["频次"]}, JILIN)
    assert waiting_tables(home) == []
    added = {
        table: len(load_rows(table, home)) - len(load_rows(table, None))
        for table in ("price_caps", "item_limits")
    }
    assert added == {"price_caps": 3, "item_limits": 1}


def test_a_waiting_table_that_is_withdrawn_waits_no_more(tmp_path):
    home, file = tmp_path / "home", csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    add_paths(home, [file])
    withdraw(home, file_sha256(file))
    assert (waiting_tables(home), states_of(home)) == ([], [])


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MINGJIAN_HOME", str(tmp_path / "home"))

    def run(*arguments):
        code = main(["tables", *map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return run


def test_the_command_shows_then_imports_with_what_was_changed(tmp_path, command):
    file = csv_file(tmp_path, "价.csv", "甲,乙,价格,旧价", "110200005,诊查费,10,9")
    code, shown, _ = command(file, "--table", "price_caps")
    assert (code, "price_caps" in shown, "价格（cap，确定）" in shown) == (0, True, True)
    code, _, refused = command(
        file, "--table", "price_caps", "--confirm", "--region", "吉林省", "--from", "2024-01-01"
    )
    assert (code, "还缺：项目编码、项目名称" in refused) == (2, True)
    code, said, _ = command(
        file, "--table", "price_caps", "--map", "甲=code15", "--map", "B=name", "--map", "D=cap", "--confirm",
        "--region", "吉林省", "--from", "2024-01-01", "--by", "张三",
    )  # fmt: skip
    assert (code, "price_caps 1 行" in said) == (0, True)
    assert [row["cap"] for row in load_rows("price_caps", tmp_path / "home")] == [Decimal("9")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--map", "没有=code15"), "没有“没有”这一列"), (("--map", "编码"), "要写成 列=字段"), (("--map", "编码=code"), "没有字段“code”"),
     (("--sheet", "乙"), "没有工作表“乙”"), (("--table", "prices"), "没有“prices”这类表"), (("--confirm",), "还缺：地区")],
)  # fmt: skip
def test_a_wrong_command_is_refused_in_words(tmp_path, command, arguments, said):
    file = csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    code, _, refused = command(file, *arguments)
    assert (code, said in refused) == (2, True)
    assert not (tmp_path / "home" / "tables").exists()


def test_the_command_lists_what_waits_and_finds_it_by_name_when_the_file_is_gone(tmp_path, command):
    file = csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    assert "没有待确认列的表格" in command()[1]
    import_rows(file, tmp_path / "home")
    file.unlink()
    assert "待确认列：价.csv" in command()[1]
    assert command("价.csv", "--confirm", "--region", "220000", "--from", "2024-01-01")[0] == 0
    assert "没有待确认列的表格" in command()[1]
    code, _, refused = command("无.csv")
    assert (code, "找不到文件 无.csv" in refused) == (2, True)


def test_the_command_prints_json_lists_fields_and_exports_what_it_imports_again(tmp_path, command):
    file = csv_file(tmp_path, "价.csv", "编码,名称,价格", "110200005,诊查费,10")
    (preview,) = json.loads(command(file, "--json")[1])
    assert (preview["table"], preview["rows"], preview["counts"]) == ("price_caps", 1, {"price_caps": 1})
    assert "cap_3（三级价）" in command("--fields")[1]
    command(file, "--confirm", "--region", "220000", "--from", "2024-01-01")
    exported = tmp_path / "导出.csv"
    assert command("--export", "price_caps", exported)[0] == 0
    assert import_rows(exported, tmp_path / "other").counts == {"price_caps": 1}
    assert command("--export", "price_caps", exported)[0] == 2


@pytest.mark.parametrize(("name", "sign"), [("价.tsv", "\t"), ("价.csv", ";"), ("价.csv", ",")])
def test_a_title_above_the_table_does_not_hide_what_parts_its_columns(tmp_path, name, sign):
    lines = (
        "某省医疗服务价格表",
        sign.join(("编码", "名称", "价格")),
        sign.join(("110200005", "诊查费", "10")),
    )
    assert preview_tables(csv_file(tmp_path, name, *lines))[0].counts == {"price_caps": 1}
