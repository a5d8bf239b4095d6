"""What the claims tables must agree on: admissions that exist and end after they begin, charge lines told apart."""

from collections import Counter
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from review.intake.conversion import MOST_FAULTS
from review.intake.files import FileState
from review.models import Fault

Tables = dict[str, pa.Table]


def agree(tables: Tables) -> list[Fault]:
    """Take out of the tables what contradicts them, and say so."""
    faults: list[Fault] = []
    stays, impossible = _sound_stays(tables["mdtrt_d"], faults)
    tables["mdtrt_d"] = stays
    for name in ("setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d"):
        if name in tables:
            tables[name] = _of_known_stays(tables[name], stays["mdtrt_id"], impossible, faults)
    if "fee_list_d" in tables:
        tables["fee_list_d"] = _told_apart(tables["fee_list_d"], faults)
    return faults


def with_strangers(states: list[FileState], tables: Tables) -> list[FileState]:
    """Notes beside the hospital's files: how many rows belong to nobody in the admission table."""
    stays = tables["mdtrt_d"]
    known = pa.concat_arrays([stays[name].combine_chunks() for name in ("mdtrt_id", "ipt_otp_no")])
    strange: Counter[str] = Counter()
    for table in tables.values():
        if "inpatient_no" in table.column_names:
            rows = table.filter(pc.invert(pc.is_in(table["inpatient_no"], known)))
            strange.update(source.partition("#")[0] for source in rows["source"].to_pylist())
    return [
        replace(
            state,
            note="；".join(filter(None, (state.note, f"{strange[state.file]} 行的住院号不在就诊信息中"))),
        )
        if strange[state.file]
        else state
        for state in states
    ]


def _sound_stays(stays: pa.Table, faults: list[Fault]) -> tuple[pa.Table, pa.Array]:
    """Each admission once, with its end after its beginning."""
    stays = stays.combine_chunks()
    backwards = pc.less(stays["endtime"], stays["begntime"])
    for row in pc.indices_nonzero(backwards).to_pylist():
        faults.append(
            _fault(stays, row, "出院时间早于入院时间，该次住院及其费用未读入", "请核对入出院时间后重新导出")
        )
    impossible = stays["mdtrt_id"].filter(backwards)
    stays = stays.filter(pc.invert(backwards)) if len(impossible) else stays
    again = _repeated(stays, ["mdtrt_id"])
    for row in again:
        faults.append(_fault(stays, row, "同一就诊ID重复出现，只读第一行", "请删去重复的行"))
    return _without(stays, again), impossible


def _of_known_stays(table: pa.Table, known: pa.Array, impossible: pa.Array, faults: list[Fault]) -> pa.Table:
    """Rows of admissions that the admission table holds; the others are counted per admission."""
    belongs = pc.is_in(table["mdtrt_id"], known)
    if pc.all(belongs).as_py() in (True, None):
        return table
    strangers = table.filter(pc.invert(belongs)).combine_chunks()
    named = set(impossible.to_pylist())
    groups = strangers.group_by(["source", "mdtrt_id"]).aggregate(
        [("row_number", "min"), ("row_number", "count")]
    )
    rows = sorted(groups.to_pylist(), key=lambda row: (row["source"], row["row_number_min"]))
    rows = [row for row in rows if row["mdtrt_id"] not in named]
    for row in rows[:MOST_FAULTS]:
        count = row["row_number_count"]
        place = f"第 {row['row_number_min']} 行" + ("" if count == 1 else f"起 {count} 行")
        problem = f"就诊ID {row['mdtrt_id']} 不在 mdtrt_d 中，未读入"
        faults.append(Fault(row["source"], place, problem, "请补充该次住院的就诊信息，或删去这些行"))
    if len(rows) > MOST_FAULTS:
        problem = f"另有 {len(rows) - MOST_FAULTS} 个就诊ID不在 mdtrt_d 中，未读入"
        faults.append(Fault(rows[0]["source"], "整表", problem, "请核对两表是否为同一批提取"))
    return table.filter(belongs)


def _told_apart(lines: pa.Table, faults: list[Fault]) -> pa.Table:
    """A serial number names one line of a stay. A refund that repeats its original's number is still a refund."""
    again = _repeated(lines, ["mdtrt_id", "bkkp_sn"])
    if not again:
        return lines
    lines = lines.combine_chunks()
    repeated = lines.take(pa.array(again)).to_pylist()
    refunds = {row: line for row, line in zip(again, repeated, strict=True) if line["cnt"] < 0}
    for row in again[:MOST_FAULTS]:
        what = "为退费行，按冲减原行处理" if row in refunds else "未读入"
        problem = f"费用明细流水号 {lines['bkkp_sn'][row].as_py()} 在同一次住院中重复，重复的行{what}"
        faults.append(_fault(lines, row, problem, "请核对是否重复导出；确为两笔费用的请更正流水号"))
    if len(again) > MOST_FAULTS:
        problem = f"另有 {len(again) - MOST_FAULTS} 行流水号重复"
        faults.append(Fault(lines["source"][again[0]].as_py(), "bkkp_sn 列", problem, "请核对是否重复导出"))
    kept = _without(lines, again)
    if refunds:
        named = [
            line
            | {
                "bkkp_sn": f"{line['bkkp_sn']}-{line['row_number']}",
                "init_feedetl_sn": line["init_feedetl_sn"] or line["bkkp_sn"],
            }
            for line in refunds.values()
        ]
        kept = pa.concat_tables([kept, pa.Table.from_pylist(named, schema=lines.schema)])
    return kept


def _repeated(table: pa.Table, key: list[str]) -> list[int]:
    """Indices of rows whose key an earlier row carries."""
    if table.num_rows == table.select(key).group_by(key).aggregate([]).num_rows:
        return []
    indexed = table.select(key).append_column("place", pa.array(range(table.num_rows), pa.int64()))
    first = indexed.group_by(key, use_threads=False).aggregate([("place", "min")])["place_min"]
    return list(pc.indices_nonzero(pc.invert(pc.is_in(indexed["place"], first))).to_pylist())


def _without(table: pa.Table, rows: list[int]) -> pa.Table:
    if not rows:
        return table
    return table.filter(
        pc.invert(pc.is_in(pa.array(range(table.num_rows), pa.int64()), pa.array(rows, pa.int64())))
    )


def _fault(table: pa.Table, row: int, problem: str, remedy: str) -> Fault:
    line = table.slice(row, 1).to_pylist()[0]
    return Fault(line["source"], f"第 {line['row_number']} 行", problem, remedy, line["mdtrt_id"])
