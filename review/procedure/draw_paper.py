"""The certificate as a printed paper: what was drawn, from what, with which probability, and how to repeat it."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from review.procedure.draw_certificate import KINDS
from review.reports.paper import COUNT, Block, Column, Fields, Heading, Paper, Signatures, Table, Text

HOW = {"designated": "指定", "weighted": "按风险", "random": "随机"}
SIZES = {"share": "每层按比例 {}", "each": "每层 {} 个", "total": "合计 {} 个，按层分配"}
EXPLAINED = (
    "复算方法：名单只取所用的列，去掉单元格首尾空白，按编号排序，写成 JSON 后取 SHA-256；"
    "以种子和名单哈希用 HMAC-SHA-256 得密钥，再按计数器逐块取数，超出整倍数的块弃去，取余得整数；"
    "随机部分为前向洗牌，按风险部分为随机排序后的等距抽取，概率均为精确分数。"
    "在任何一台电脑上运行 python -m review draw verify 证书 名单，应与本页逐项相同。"
)
NAMES_SHOWN = 2_000  # rows of a table on paper; the file of the certificate holds all


def paper_of(made: Mapping[str, Any]) -> Paper:
    """The paper of one certificate."""
    kind = made["kind"]
    blocks: list[Block] = [
        Fields(
            (
                ("抽取事项", KINDS[kind]),
                ("抽取时间", made["drawn_at"].replace("T", " ")),
                ("抽取人", made["drawn_by"]),
                ("名单", f"{made['list']['name']}，{made['list']['rows']:,} 行"),
                ("种子", _folded(made["seed"]) if len(made["seed"]) == 64 else made["seed"]),
                ("种子来源", made["seed_source"]),
                ("算法", f"{made['scheme']}\n{made['algorithm'].replace(', ', chr(10))}"),
                ("名单 SHA-256", _folded(made["list"]["sha256"])),
                ("证书 SHA-256", _folded(made["hash"])),
                ("名单所用的列", "、".join(made["list"]["columns"])),
            )
        )
    ]
    if made["source"]:
        told = "略过此前抽中的对象，证书" if kind == "objects" else "匹配所依据的对象抽取证书"
        blocks.append(Text(f"{told}：{made['source']}", "small"))
    if made["again"]:
        blocks += [
            Heading("重新抽取"),
            Text(f"理由：{made['again']['reason']}\n所取代的证书：{made['again']['earlier']}"),
        ]
    blocks += {"objects": _objects, "experts": _experts, "regions": _regions}[kind](made)
    blocks += [Text(EXPLAINED, "small"), Signatures(("抽取人", "监督人"))]
    return Paper(
        "随机抽取证书",
        made["title"],
        False,
        datetime.fromisoformat(made["drawn_at"]).replace(tzinfo=None),
        tuple(blocks),
    )


def _folded(digest: str) -> str:
    """In short lines, so that it can be compared by eye."""
    return "\n".join(digest[place : place + 16] for place in range(0, len(digest), 16))


def _objects(made: Mapping[str, Any]) -> list[Block]:
    request, result = made["request"], made["result"]
    rules = request["rules"]
    said = [SIZES[request["size"]["kind"]].format(request["size"]["value"])]
    said += [f"按风险选取的占比 {request['risk_share']}"] if request["risk_share"] not in ("0", "0%") else []
    said += [f"最低比例 {request['minimum']}"] if request["minimum"] not in ("0", "0%") else []
    said += [f"除外：{'、'.join(rules['excluded'])}（指定的仍可检查）"] if rules["excluded"] else []
    if rules["lookback"]:
        said.append(f"回头看：{rules['lookback_until']} 年及以前接受过{'、'.join(rules['lookback'])}检查的")
    said += [f"只从“{rules['columns']['top']}”前 {rules['top']} 名中抽取"] if rules["top"] else []
    return [
        Heading("抽取要求"),
        Text("；".join(said) + "。"),
        Heading("各层"),
        Table(
            "各层",
            (
                Column("层", width=3),
                *(Column(name, COUNT) for name in ("列名", "可抽", "指定", "按风险抽", "随机抽")),
            ),
            tuple(
                (s["stratum"], s["listed"], s["eligible"], s["designated"], s["weighted"], s["random"])
                for s in result["strata"]
            ),
        ),
        Heading("抽中"),
        Table(
            "抽中",
            (
                Column("编号", width=2),
                Column("名称", width=2.4),
                Column("层", width=2),
                Column("方式"),
                Column("入选概率", width=1.4),
            ),
            tuple(
                (
                    one["key"],
                    one["name"],
                    one["stratum"],
                    HOW[one["how"]] + (f"：{one['why']}" if one["why"] else ""),
                    chance_said(one["probability"]),
                )
                for one in result["drawn"][:NAMES_SHOWN]
            ),
            note=_more(len(result["drawn"])),
        ),
        Heading("未列入抽取"),
        Table(
            "未列入抽取",
            (Column("编号", width=2), Column("层", width=2), Column("理由", width=4)),
            tuple((one["key"], one["stratum"], one["why"]) for one in result["passed_over"][:NAMES_SHOWN]),
            note=_more(len(result["passed_over"])),
        ),
    ]


def _more(count: int) -> str:
    return f"共 {count:,} 行，纸面列前 {NAMES_SHOWN:,} 行，其余见证书文件。" if count > NAMES_SHOWN else ""


def chance_said(exact: str) -> str:
    """A probability as a percentage, and as its fraction where that can be read."""
    value = Fraction(exact)
    percent = f"{float(value):.2%}"
    return f"{percent}\n{exact}" if len(exact) <= 16 and value != 1 else percent


def _experts(made: Mapping[str, Any]) -> list[Block]:
    request, result = made["request"], made["result"]
    needs = "、".join(f"{discipline} {count} 人" for discipline, count in request["needs"])
    aside: dict[tuple[str, str], list[str]] = {}
    for one in result["stood_aside"]:
        aside.setdefault((one["object"], one["why"]), []).append(one["key"])
    crosswise = "交叉互检，同一地区回避" if request["crosswise"] else "不交叉"
    return [
        Heading("匹配要求"),
        Text(
            f"每个对象：{needs}；每名专家任务不超过 {request['most']} 个（含在手）；"
            f"{crosswise}；本单位和已申报利害关系的回避。"
        ),
        Heading("匹配结果"),
        Table(
            "匹配结果",
            (
                Column("对象", width=2),
                Column("名称", width=2),
                Column("学科"),
                Column("专家"),
                Column("姓名"),
            ),
            tuple(
                (one["object"], one["object_name"], one["discipline"], one["key"], one["name"])
                for one in result["matched"]
            ),
        ),
        Heading("回避"),
        Table(
            "回避",
            (Column("对象"), Column("理由"), Column("专家", width=4)),
            tuple((*both, "、".join(experts)) for both, experts in aside.items()),
        ),
    ]


def _regions(made: Mapping[str, Any]) -> list[Block]:
    request = made["request"]
    said = ["不自检，每地检查一地、受一地检查"]
    said += ["两地不互相检查"] if request["one_way"] else []
    said += (
        [f"避开：{'、'.join(f'{one}查{two}' for one, two in request['ruled_out'])}"]
        if request["ruled_out"]
        else []
    )
    return [
        Heading("交叉要求"),
        Text("；".join(said) + "。合乎要求的每一种排法机会相同。"),
        Heading("交叉结果"),
        Table(
            "交叉结果",
            (Column("参检地区"), Column("被检地区")),
            tuple((one["inspecting"], one["inspected"]) for one in made["result"]["pairs"]),
        ),
    ]
