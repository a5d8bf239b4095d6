"""Operations of a generated stay: the theatre's rows, the anaesthesia, the charges and the written record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from evals.generating.catalogue import Item, items
from evals.generating.stay import HOUR, MINUTE, Line, Stay, stamp

ANAESTHETICS = {"全身麻醉": ("ga", ("propofol", "cisatra")), "椎管内麻醉": ("sa", ("ropi",))}


@dataclass(frozen=True)
class Event:
    """One time in the theatre and the lines it brought; `lines` are those of the operations themselves."""

    start: datetime
    stop: datetime
    lines: tuple[Line, ...]
    order: str
    anaesthesia: tuple[Line, ...] = field(default=())


def operate(
    stay: Stay,
    operations: Sequence[Item],
    start: datetime,
    minutes: int = 90,
    anaesthesia: str = "",
    icd: Sequence[tuple[str, str]] = (),
    record: str = "",
    materials: Sequence[tuple[Item, int]] = (),
) -> Event:
    """An operation with its rows, record, charges and, unless local, its anaesthesia."""
    stop = start + timedelta(minutes=minutes)
    named = list(icd) or [("", item.name) for item in operations]
    order = stay.order(
        "、".join(item.name for item in operations), start - HOUR, 医嘱用法="手术", 执行时间=stamp(start)
    )
    for number, (code, name) in enumerate(named):
        stay.operations.append(theatre_row(stay, code, name, start, stop, main=number == 0))
        if code:
            stay.coded_operations.append(coded_row(code, name, start, stop, anaesthesia, main=number == 0))
    lines = tuple(_operation_lines(stay, operations, stop, order))
    for material, quantity in materials:
        stay.charge(
            material, stop + 12 * MINUTE, quantity, order=order, performing="手术室", performer="白书衡"
        )
    text = (
        record
        or f"手术经过：患者取适当体位，常规消毒铺巾，行{'、'.join(item.name for item in operations)}，过程顺利。"
    )
    used = "".join(f"植入或使用{m.name}（{m.detail}）{q}{m.unit}。" for m, q in materials)
    names = "、".join(name for _, name in named)
    stay.document(
        "手术记录",
        f"手术记录\n手术日期：{stamp(start)}\n手术名称：{names}\n麻醉方式：{anaesthesia or '局部麻醉'}\n"
        f"手术开始时间：{stamp(start)} 手术结束时间：{stamp(stop)}\n"
        f"{text}{used}\n"
        f"手术者签名：白书衡 {stamp(stop)}\n",
    )
    numbing = _anaesthesia(stay, anaesthesia, start, stop) if anaesthesia else ()
    return Event(start, stop, lines, order, numbing)


def _operation_lines(stay: Stay, operations: Sequence[Item], stop: datetime, order: str) -> list[Line]:
    return [
        stay.charge(
            item, stop + 8 * MINUTE, order=order, performing="手术室", performer="白书衡", memo=item.detail
        )
        for item in operations
    ]


def _anaesthesia(stay: Stay, kind: str, start: datetime, stop: datetime) -> tuple[Line, ...]:
    begins, ends = start - 20 * MINUTE, stop + 10 * MINUTE
    stay.anaesthesia.append(anaesthesia_row(stay, kind, begins, ends))
    key, drugs = ANAESTHETICS[kind]
    found = items()
    order = stay.order(kind, begins, 医嘱用法="麻醉", 数量="1", 执行时间=stamp(begins))
    monitored = -(-int((ends - begins) / MINUTE) // 60)
    watch = stay.order("麻醉中监测", begins, 医嘱用法="麻醉", 数量=str(monitored), 执行时间=stamp(begins))
    theatre = {"performing": "麻醉科", "performer": "邹砚青"}
    lines = [
        stay.charge(found[key], ends + 5 * MINUTE, 1, order=order, **theatre),
        stay.charge(found["anmon"], ends + 6 * MINUTE, monitored, order=watch, **theatre),
    ]
    for drug in drugs:
        item = found[drug]
        taken = stay.order(
            item.name,
            begins,
            医嘱代码=item.code,
            医嘱规格=item.detail,
            医嘱用法="麻醉",
            医嘱剂量="1",
            剂量单位=item.unit,
            医嘱天数="1",
            数量="1",
            执行时间=stamp(begins),
        )
        stay.charge(item, ends + 7 * MINUTE, 1, order=taken, **theatre)
    return tuple(lines)


def theatre_row(
    stay: Stay, code: str, name: str, start: datetime, stop: datetime, main: bool
) -> dict[str, str]:
    return {
        "住院号": stay.inpatient_number,
        "手术日期": f"{start:%Y-%m-%d}",
        "手术开始时间": stamp(start),
        "手术结束时间": stamp(stop),
        "手术科室名称": stay.department,
        "手术者姓名": "白书衡",
        "手术操作编码": code,
        "手术操作名称": name,
        "主要手术": "是" if main else "否",
        "手术等级": "三级",
        "切口类型": "Ⅱ",
        "愈合类型": "甲",
    }


def anaesthesia_row(stay: Stay, kind: str, begins: datetime, ends: datetime) -> dict[str, str]:
    return {
        "住院号": stay.inpatient_number,
        "麻醉日期": f"{begins:%Y-%m-%d}",
        "麻醉开始时间": stamp(begins),
        "麻醉结束时间": stamp(ends),
        "麻醉者姓名": "邹砚青",
        "麻醉方式名称": kind,
        "麻醉等级": "Ⅱ",
    }


def coded_row(code: str, name: str, start: datetime, stop: datetime, kind: str, main: bool) -> dict[str, str]:
    return {
        "main_oprn_flag": "1" if main else "0",
        "oprn_oprt_code": code,
        "oprn_oprt_name": name,
        "oprn_oprt_date": f"{start:%Y-%m-%d}",
        "anst_way": kind or "局部麻醉",
        "oper_dr_name": "白书衡",
        "anst_dr_name": "邹砚青" if kind else "",
        "oprn_oprt_begntime": f"{start:%Y-%m-%d %H:%M:%S}",
        "oprn_oprt_endtime": f"{stop:%Y-%m-%d %H:%M:%S}",
        "anst_begntime": f"{start - 20 * MINUTE:%Y-%m-%d %H:%M:%S}" if kind else "",
        "anst_endtime": f"{stop + 10 * MINUTE:%Y-%m-%d %H:%M:%S}" if kind else "",
    }
