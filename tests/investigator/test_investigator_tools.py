"""What the tools of an investigation answer, and what they refuse."""

import json
import re
import time

import pytest
from scripted import call, row_with

from review.investigator.toolbox import all_tools, declared_tools, use_tool
from review.investigator.tools import Asking


@pytest.fixture
def use(case):
    def used(name, **arguments):
        text = json.dumps(arguments, ensure_ascii=False)
        return use_tool(Asking(case, "double", query_seconds=2.0), name, text).text

    return used


def test_the_tools_are_declared_in_the_form_of_the_protocol():
    assert [tool["function"]["name"] for tool in declared_tools()] == [
        "search_documents",
        "read_document",
        "list_findings",
        "query",
        "look_up_clause",
        "look_up_row",
        "look_up_pair",
        "submit_finding",
        "finish",
    ]
    assert all(tool["function"]["parameters"]["type"] == "object" for tool in declared_tools())
    assert "$ref" not in json.dumps(declared_tools())
    assert all(re.search("[一-鿿]", tool.says) for tool in all_tools().values())


def test_the_numbers_of_lines_are_the_same_in_every_call(use):
    found, _ = row_with(use("search_documents", words="营养针"), "营养针")
    assert row_with(use("read_document", document="D4"), "营养针")[0] == found
    alone = use("read_document", document="D4", from_line=found, to_line=found)
    assert row_with(alone, "营养针")[0] == found


def test_a_search_takes_the_lines_with_all_words_before_those_with_one(use):
    said = use("search_documents", words="体温 白细胞")
    assert "没有同时" not in said and "本次住院找到 1 行" in said
    said = use("search_documents", words="白蛋白 胆囊")
    assert said.startswith("没有同时含这些词的行")
    assert use("search_documents", words="世界杯").startswith("本次住院找到 0 行")


def test_other_stays_come_as_counts_and_masked_excerpts_without_numbers(use):
    said = use("search_documents", words="输注完毕")
    assert "其他 1 次住院" in said and "不能引作证据" in said
    assert all(not row.split("│")[0].isdigit() for row in said.splitlines() if "A9" in row)


def test_a_document_or_kind_that_is_not_there_is_answered_with_those_that_are(use):
    assert use("read_document", document="D77") == "没有这份文书；本次住院的文书编号是 D1 到 D8。"
    assert "护理记录" in use("search_documents", words="体温", document_kind="麻醉单")
    assert "请在其中选" in use("read_document", document="D2", from_line=9000)


def test_a_query_gives_rows_that_can_be_cited_only_with_their_line(use):
    said = use(
        "query", sql="select line, item_name from charges where admission_id = 'A8' order by line limit 3"
    )
    numbers = [int(row.split("│")[0]) for row in said.splitlines() if row[:1].isdigit()]
    assert len(numbers) == 3 and numbers[0] > row_with(use("read_document", document="D8"), "出院，指导")[0]
    assert "不能引作证据" in use("query", sql="select item_name from charges limit 2")
    assert "没有符合的行" in use("query", sql="select line from charges where amount < 0")


def test_rows_of_other_stays_have_no_line_and_no_charge_number(use):
    said = use(
        "query", sql="select line, charge_id, item_name from charges where admission_id <> 'A8' limit 5"
    )
    rows = [row for row in said.splitlines() if " ｜ " in row][1:]
    assert len(rows) == 5 and all(row.startswith("│ — ｜") for row in rows)


def test_a_query_that_would_run_for_a_minute_is_cut_and_the_model_is_told(use):
    began = time.monotonic()
    said = use(
        "query",
        sql="select count(*) from charges a cross join charges b cross join charges c cross join charges d"
        " where a.item_name || b.item_name <> c.item_name || d.item_name",
    )
    assert time.monotonic() - began < 2.0 + 2.0
    assert "超过 2 秒，已停止" in said and "连接条件" in said
    assert "给出 1 行" in use("query", sql="select count(*) as n from charges")


def test_a_long_answer_is_cut_and_says_so(use):
    said = use("query", sql="select * from charges")
    assert "后面还有" in said.splitlines()[0]
    assert len(said) < 20_000


ESCAPES = (
    "select * from read_text('/etc/passwd')",
    "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'",
    'select * from "/etc/passwd"',
    "select * from read_blob('/etc/*')",
    "select * from glob('/etc/*')",
    "select * from read_parquet('s3://bucket/x')",
    "copy charges to '/tmp/out.csv'",
    "copy (select 1) to '/tmp/out.csv'",
    "attach '/tmp/x.duckdb' as x",
    "detach held",
    "use held",
    "export database '/tmp/x'",
    "import database '/tmp/x'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "reset lock_configuration",
    "pragma database_list",
    "call pragma_version()",
    "select 1; select 2",
    "select 1; drop table own_charges",
    "select 1 -- x\n; copy charges to '/tmp/x'",
    "select 1 /* ; */ ; set threads = 8",
    "select * from duckdb_settings()",
    "select * from duckdb_databases()",
    "select * from pragma_database_size()",
    "select * from duckdb_tables",
    "select * from information_schema.tables",
    "select * from pg_catalog.pg_class",
    "select * from pg_class",
    "select * from sqlite_master",
    "select * from held.raw_mdtrt_d",
    "select * from held.main.admissions",
    "select * from raw_mdtrt_d",
    "select * from own_charges",
    "select * from person_names",
    "select * from stay_names",
    "select (select count(*) from held.admissions)",
    "select * from charges where exists (select 1 from read_text('/etc/passwd'))",
    "with x as (select * from read_text('/etc/passwd')) select * from x",
    "with charges as (select 1 as a) select * from charges",
    "with recursive x as (select 1 as n union all select n + 1 from x) select count(*) from x",
    "from read_text('/etc/passwd')",
    "select * from range(1000000000)",
    "select * from generate_series(1, 1000000000)",
    "select repeat('x', 1000000000)",
    "select unnest([1, 2, 3])",
    "select getenv('HOME')",
    "select current_setting('home_directory')",
    "select getvariable('x')",
    "select query('select 1')",
    "select * from query('select * from held.admissions')",
    "select * from query_table('raw_mdtrt_d')",
    "insert into charges values (1)",
    "update charges set amount = 0",
    "delete from charges",
    "create table x as select 1",
    "create macro f(a) as a",
    "drop view charges",
    "alter table charges rename to x",
    "truncate own_charges",
    "vacuum",
    "checkpoint",
    "explain select 1",
    "explain analyze select 1",
    "describe charges",
    "summarize charges",
    "show tables",
    "prepare p as select 1",
    "execute p",
    "values (1)",
    "pivot charges on kind using sum(amount)",
    "select * from charges positional join read_text('/etc/passwd')",
    "select $1",
    "select ?",
    "begin transaction",
    "kill 1",
    "select columns('.*') from charges",
    "select * from charges, lateral (select 1)",
    "select list_transform([1], x -> x + 1)",
    "",
    "不是查询",
    "select 1" + "+1" * 1900,
    "select " + "(" * 1900 + "1" + ")" * 1900,
    "select -- nothing",
    "select '\x00",
)


@pytest.mark.parametrize("sql", ESCAPES)
def test_what_is_no_plain_selection_is_refused(use, sql):
    said = use("query", sql=sql)
    assert "请" in said and "<数据" not in said
    assert "root:" not in said


def test_settings_stand_after_every_escape(case, use):
    for sql in ESCAPES[:20]:
        use("query", sql=sql)
    assert "给出 1 行" in use("query", sql="select count(*) as n from charges")
    with pytest.raises(case.scene.inspection.warehouse.errors):
        case.room._connection.execute("select * from read_text('/etc/passwd')")
    with pytest.raises(case.scene.inspection.warehouse.errors):
        case.room._connection.execute("set enable_external_access = true")


def test_a_mistake_in_sql_names_the_column_and_what_to_do(use):
    assert "没有“no_such”这一列" in use("query", sql="select no_such from charges")
    assert "可用的表" in use("query", sql="select * from bills")


def test_only_clauses_in_force_on_the_day_are_given(use):
    said = use("look_up_clause", question="高套病组 编码 支付方式", day="2024-07-02")
    assert "实施细则　passage" not in said
    assert "医疗保障基金使用监督管理条例" in use(
        "look_up_clause", question="重复收费 分解项目收费", day="2024-07-02"
    )
    assert "应是 2024-06-12 这样的日期" in use("look_up_clause", question="重复收费", day="七月")


def test_rule_tables_are_listed_and_searched(use):
    assert "item_limits：" in use("look_up_row", table="?")
    assert "Ⅱ级护理" in use("look_up_row", table="item_limits", words="Ⅱ级护理")
    assert "没有含这些词的" in use("look_up_row", table="item_limits", words="没有的项目")
    assert "不等于" in use("look_up_pair", a="没有的项目甲", b="没有的项目乙")


def test_a_pair_is_found_from_either_side(case, use):
    row = case.scene.inspection.knowledge("exclusive_items")[0]
    first = use("look_up_pair", a=row["name_a"], b=row["name_b"])
    assert "exclusive_items" in first
    assert first == use("look_up_pair", a=row["name_b"], b=row["name_a"])


def test_findings_of_the_rules_are_listed_with_their_lines(use):
    said = use("list_findings")
    assert "CHG-003" in said and "CHG-023" in said and re.search(r"收费行：F\d+", said)


def test_calls_that_cannot_be_read_are_answered_in_one_sentence(case):
    asking = Asking(case, "double")
    assert "没有工具“shell”" in use_tool(asking, "shell", "{}").text
    assert "不是 JSON" in use_tool(asking, "query", "{'sql': 1").text
    assert "JSON 对象" in use_tool(asking, "query", "[1]").text
    assert "sql 缺这一项" in use_tool(asking, "query", "{}").text
    assert "没有这个参数" in use_tool(asking, "read_document", '{"document": "D1", "page": 1}').text
    assert "应是整数" in use_tool(asking, "read_document", '{"document": "D1", "from_line": "x"}').text


def test_a_script_is_a_message_of_the_protocol():
    assert call("finish", reason="完")["tool_calls"][0]["function"]["name"] == "finish"


CHAIN = "".join(f", a{n + 1} as (select s || s || s || s as s from a{n})" for n in range(9))


@pytest.mark.parametrize(
    "sql",
    [
        "select length(replace(replace(replace('aaaa', 'a', 'aaaaaaaa'), 'a', 'aaaaaaaa'), 'a', 'aaaaaaaa')) as n",
        "select replace(item_name, '床', item_name) as n from charges",
        "select regexp_replace(item_name, '', 'ab', 'g') as n from charges",
        f"with a0 as (select item_name as s from charges){CHAIN} select s from a9",
        "select concat(s, s, s, s, s, s, s, s, s, s, s, s, s) as n from (select item_name as s from charges)",
        "select lpad(item_name, 1000000000, 'x') as n from charges",
    ],
)
def test_a_text_cannot_be_made_to_grow_without_end(use, sql):
    began = time.process_time()
    said = use("query", sql=sql)
    assert "查询没有结果" in said and time.process_time() - began < 1.0


def test_what_an_inspector_would_ask_is_answered(use):
    for sql in (
        "select item_name, count(*) as lines, sum(amount) as yuan from charges where admission_id = 'A8'"
        " group by item_name having count(*) > 1 order by yuan desc limit 5",
        "select charged_on, item_name, sum(quantity) as n from charges group by charged_on, item_name order by n desc limit 3",
        "select replace(replace(item_name, '（', '('), ' ', '') as n from charges limit 2",
        "select regexp_replace(item_name, '[0-9]+', '', 'g') as n, strftime(charged_at, '%H:%M') as t from charges limit 2",
        "select a.charged_on, count(*) filter (where a.kind = 'drug') as drugs from charges a group by all order by 1 limit 3",
        "with d as (select distinct charged_on from charges where admission_id = 'A8') select count(*) as n from d",
        "select o.order_name, c.item_name from orders o join charges c on c.order_no = o.order_no"
        " and c.admission_id = o.admission_id order by c.line limit 3",
        "select analyte, value_text, row_number() over (partition by analyte order by sampled_at) as n from labs limit 3",
        "select charged_on, array_to_string(array_sort(array_agg(distinct item_name)), '、') as items from charges"
        " where admission_id = 'A8' group by charged_on order by charged_on limit 1",
        "select date_diff('day', begins_at, ends_at) as days, coalesce(bed, '无') as bed from admissions order by 1 limit 2",
        "select count(*) as n from vitals where admission_id = 'A8' and extract(hour from measured_at) >= 20",
        "select charge_id from charges where admission_id = 'A8' and (item_name like '%护理%' or charge_type = '03')"
        " except select charge_id from lines_left_out limit 3",
    ):
        assert use("query", sql=sql).startswith("给出"), sql
