"""What the acts of the audit trail are called, how a line reads, and the command that proves the chain whole."""

import argparse
import json
import re

from review.errors import SettingsError
from review.settings import Settings
from review.store.entries import OUTCOMES, STANCES, VERDICTS, ChainState, TrailLine

ACTS = {
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "locked": "锁定",
    "unlock": "解除锁定",
    "sign_out": "退出登录",
    "first_administrator": "设置第一个管理员",
    "add_account": "新建账户",
    "change_roles": "改角色",
    "reset_password": "重置密码",
    "change_password": "修改自己的密码",
    "deactivate": "停用账户",
    "activate": "恢复账户",
    "decide": "决定",
    "undo": "撤销",
    "propose": "自行提出疑点",
    "attach": "附文件",
    "detach": "移去附件",
    "open_attachment": "打开附件",
    "state": "录入机构陈述",
    "state_file": "收机构材料",
    "open_statement_file": "打开机构材料",
    "reconsider": "陈述后复核",
    "open_case": "查看病例",
    "view_page": "查看原页",
    "compare": "并排对照",
    "add_inspection": "新建检查",
    "review_again": "重新审核",
    "cancel_review": "取消审核",
    "set_standing": "改检查状态",
    "delete_inspection": "删除检查",
    "set_kept_days": "改保存期限",
    "plan": "改计划",
    "export_plan": "导出计划日历",
    "draw": "随机抽取",
    "publish": "生成公开摘要",
    "choose_item": "项目对码",
    "undo_item": "撤销对码",
    "change_rule": "改规则",
    "adopt_rule": "启用自有规则",
    "approve_row": "批准规则行",
    "library_upload": "上传依据",
    "library_add": "添加依据",
    "library_correct": "更正依据",
    "library_withdraw": "撤回依据",
    "library_dismiss": "清除拒收",
    "library_import": "导入规则表",
    "settle_gap": "处理缺口",
    "view_paper": "查看文书",
    "export_paper": "导出文书",
    "export_overview": "导出总览",
    "settle_paper": "文书定稿",
    "sign_paper": "文书签收",
    "reopen_paper": "文书退回草稿",
    "export_talk": "导出问答",
    "delete_talk": "删除问答",
    "adjudicate": "裁定",
    "set_review_rules": "改复审设置",
    "plant_known": "放入已知病例",
    "unplant_known": "取出已知病例",
    "assign_first": "分派首审",
    "assign_second": "分派复审",
    "assign_adjudicator": "分派裁定",
    "harvest": "收为评测案例",
    "chain_begins": "建立哈希链",
}
PARTS = {"off": "停用", "adopted": "启用"}
KINDS = {"name": "姓名", "address": "地址"}
OF_A_CASE = (
    "decide",
    "undo",
    "open_case",
    "view_page",
    "compare",
    "propose",
    "attach",
    "detach",
    "open_attachment",
    "state",
    "state_file",
    "open_statement_file",
    "reconsider",
)  # the subject begins with the key of the case


def subject_said(line: TrailLine) -> str:
    """What a line is about, in words where it names a part of a check."""
    if line.act not in ("change_rule", "adopt_rule"):
        return line.subject
    code, _, name = line.subject.partition(" ")
    return f"{code} {PARTS.get(name, name.replace('limit:', '限值 '))}".strip()


def said(line: TrailLine) -> tuple[str, str]:
    """A line's before and after, in words."""
    if line.act == "locked":
        return "", f"{KINDS.get(line.before, line.before)}锁定 15 分钟"
    if line.act == "unlock":
        return f"{KINDS.get(line.before, line.before)}锁定", "可再试"
    if line.act in ("change_rule", "adopt_rule"):
        return _switched(line.before), _switched(line.after)
    return _words(line.before), _words(line.after)


def _switched(value: str) -> str:
    return {"true": "是", "恢复默认": "恢复默认", "": ""}.get(value, value.strip('"')[:24])


def _words(value: str) -> str:
    try:
        told = json.loads(value)
    except ValueError:
        return value
    if not isinstance(told, dict):
        return value
    if "carried" in told:
        return f"承接 {told['carried']:,} 条"
    if "stance" in told:
        return STANCES.get(told["stance"], "")
    if "outcome" in told:
        return OUTCOMES.get(told["outcome"], "") + (f"为 {told['amount']} 元" if told.get("amount") else "")
    if "certificate" in told:
        again = f"，重新抽取：{told['reason']}" if "reason" in told else ""
        return f"证书 {told['certificate'][:16]}{again}"
    if "plan" in told:
        return str(told["plan"])
    if "verdict" not in told:
        return "" if "key" in told else value  # what was added goes by its key, which says nothing here
    verdict = "撤销" if told["verdict"] == "undo" else VERDICTS.get(told["verdict"], told["verdict"])
    return f"{verdict} {told['amount']} 元" if told.get("amount") else str(verdict)


def state_said(state: ChainState) -> str:
    """The state of the chain in one sentence."""
    return f"哈希链在此断开：{state.problem}。" if state.problem else f"哈希链完整，{state.lines:,} 条。"


def run_audit(arguments: list[str], settings: Settings) -> int:
    """`verify`: 0 where the chain is whole, 1 where it is broken; a wrong call or no database is told as such."""
    from review.store.store import Store, is_there

    known = _parser().parse_args(arguments).known
    if not is_there(settings.database_url):
        raise SettingsError("还没有数据库；请核对 MINGJIAN_HOME 和 MINGJIAN_DATABASE。")
    store = Store.open(settings.database_url)
    try:
        state = store.trail.verify(known)
    finally:
        store.close()
    print(state_said(state))
    if state.problem:
        return 1
    if state.lines:
        print(f"末行 {state.lines}:{state.last}")
        print("请把这一行另处抄存；以后用 --known 核对，可发现整体改写。")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m review audit",
        description="核对留痕：每一行的哈希、行的连续、保存的决定与留痕一致。完整返回 0，断开返回 1，读不到返回 2。",
    )
    parser.add_argument("what", choices=["verify"], metavar="verify", help="核对整条哈希链")
    parser.add_argument(
        "--known", type=_known, metavar="序号:哈希", help="以前抄存的末行；留痕里须仍是这一行"
    )
    return parser


def _known(given: str) -> tuple[int, str]:
    seq, _, digest = given.partition(":")
    if not re.fullmatch(r"[1-9][0-9]{0,9}", seq) or not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise argparse.ArgumentTypeError("请照抄“末行”后面的一整段：序号、冒号、64 位哈希")
    return int(seq), digest
