"""The procedure from its plan to its look-back, step by step, on a generated province, each step's figures kept."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from evals.generating.bureau import write_sheets
from evals.generating.reference import ADD_ONS, LISTS, Reference
from evals.province.acting import Errors
from evals.province.casefile import Called, CaseFile
from evals.province.commands import Commands
from evals.province.happenings import write_claims, write_extract
from evals.province.land import EARLIER, LATER, PERIODS, PROVINCE, Expert, Hospital, Province
from evals.province.lists import (
    EARLIER_INSPECTION,
    LEADER,
    PLAN_NAME,
    expert_rows,
    hospital_rows,
    pharmacy_rows,
    read_table,
    stay_rows,
    write_plan,
    write_table,
)
from evals.province.opening import open_documents
from knowledge.holding.adding import add_paths
from review.casework.desk import Desk
from review.casework.runs import Runs
from review.pipeline import review_inspection
from review.store.accounts import Accounts
from review.store.store import Store

# what a bureau writes behind `python -m review draw`
NAMED = "--name 名称 --region 地区 --history 历次检查"
ORDINARY = (
    f"--share 5% --minimum 5% --by-stratum 地区 --risk 风险分 --risk-share 50% --exclude {EARLIER_INSPECTION}"
)
LOOKED_BACK = "--share 20% --lookback 省级 --until 2025"
PHARMACIES = "--each 2 --by-stratum 地区 --top 10 --top-by 基金用量 --name 名称"
EXPERTS = (
    "--need 内科=1 --need 外科=1 --need 医保管理=1 --crosswise --name 姓名 --unit 单位 --region 地区 --load 在手 "
    "--interests 利害关系"
)
STAYS = "--share 50% --by-stratum 总费用=2000,8000 --allow-empty"
OBJECT_DRAWS = ("机构", "回头看")
SEED_SOURCE = "示范：情景的种子"
DOCUMENTS = (".docx", ".xlsx", ".html")


@dataclass
class Scenario:
    """`out` receives everything; `tell` is called with a line as each step ends.

    `opens`: whether every document is opened in LibreOffice, about a second each.
    """

    out: Path
    province: Province
    reference: Reference
    errors: Errors
    tell: Callable[[str], None]
    opens: bool = True
    called: Called = field(default_factory=Called)
    figures: dict[str, Any] = field(default_factory=dict)

    def run(self) -> Mapping[str, Any]:
        """All steps in their order; the figures are also in `out/figures.json`. Raises ValueError where one fails."""
        with self._step("生成"):
            self._generate()
        with self._step("筛查"):
            risk = self._screen()
        with self._step("抽取"):
            chosen, looked_back = self._draw_hospitals(risk)
            self._draw_others()
            experts = self._match(chosen)
        with self._step("计划"):
            self._plan([*chosen.values()], experts)
        for hospital in chosen.values():
            with self._step(f"检查 {hospital.name}"):
                if hospital in looked_back:
                    self._examine(hospital, EARLIER, experts[hospital.code])
                self._examine(hospital, LATER, experts[hospital.code])
        with self._step("回头看"):
            for hospital in looked_back:
                self._look_back(hospital)
        with self._step("公开"):
            self._publish([*chosen.values()])
        self.figures["专家判错"] = {
            "成立判为不成立": f"{self.called.rejected}/{self.called.right}",
            "不成立判为成立": f"{self.called.confirmed}/{self.called.wrong}",
        }
        if self.opens:
            with self._step("打开文书"):
                self._open()
        (self.out / "figures.json").write_text(
            json.dumps(self.figures, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8"
        )
        return self.figures

    @cached_property
    def commands(self) -> Commands:
        return Commands(self.out / "home")

    @cached_property
    def desk(self) -> Desk:
        store = Store.open(self.commands.database)
        runs = Runs(store, self.commands.home, review_inspection)
        return Desk(store, Accounts(store, "127.0.0.1"), runs, self.commands.home)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.tell(f"{name}　{time.monotonic() - begun:.0f} 秒")

    def _generate(self) -> None:
        self.commands.home.mkdir(parents=True)
        counts = {}
        for year in PERIODS:
            counts[year] = write_claims(self.province, year, self.reference, self._claims(year).parent)
        write_sheets(self.reference, self.out / "tables", PROVINCE)
        folder = self.reference.folder
        add_paths(self.commands.home, [folder / LISTS, folder / ADD_ONS, self.out / "tables"])
        self.figures["住院"] = counts

    def _claims(self, year: int) -> Path:
        return self.out / "claims" / str(year) / "claims"

    def _screen(self) -> dict[str, Decimal]:
        """Yuan by hospital that the screening of the examined year finds, in the whole province."""
        found = self.out / "screening.parquet"
        self.commands.review("screen", self._claims(LATER), "--out", found, "--region", PROVINCE)
        whose = {
            row["mdtrt_id"]: row["fixmedins_code"] for row in read_table(self._claims(LATER) / "mdtrt_d.csv")
        }
        risk: dict[str, Decimal] = {}
        for row in pq.read_table(found, columns=["admission_id", "counted_amount"]).to_pylist():
            yuan = Decimal(str(row["counted_amount"] or 0))
            risk[whose[row["admission_id"]]] = risk.get(whose[row["admission_id"]], Decimal(0)) + yuan
        self.figures["筛查金额"] = sum(risk.values(), Decimal(0))
        return risk

    def _draw_hospitals(self, risk: Mapping[str, Decimal]) -> tuple[dict[str, Hospital], list[Hospital]]:
        """This year's objects by code, a share by risk, and among them those that are looked back at."""
        listed = write_table(self._draws / "医疗机构.csv", hospital_rows(self.province, risk))
        ordinary = self._draw("objects", listed, OBJECT_DRAWS[0], *ORDINARY.split(), *NAMED.split())
        before = self._draw("objects", listed, OBJECT_DRAWS[1], *LOOKED_BACK.split(), *NAMED.split())
        known = {one.code: one for one in self.province.hospitals}
        looked_back = [known[one["key"]] for one in before["result"]["drawn"]]
        chosen = {one["key"]: known[one["key"]] for one in ordinary["result"]["drawn"]}
        chosen |= {one.code: one for one in looked_back}
        excluded = [one.name for one in chosen.values() if one.inspected and one not in looked_back]
        if excluded:
            raise ValueError(f"不应抽中近年检查过的机构：{'、'.join(excluded)}")
        self.figures["抽中机构"] = [one.name for one in chosen.values()]
        return chosen, looked_back

    def _draw_others(self) -> None:
        """Two of the ten pharmacies that use most in each region, and which region inspects which."""
        rows = pharmacy_rows(self.province)
        listed = write_table(self._draws / "药店.csv", rows)
        made = self._draw("objects", listed, "药店", *PHARMACIES.split())
        drawn = {one["key"] for one in made["result"]["drawn"]}
        for region in self.province.regions:
            use = {row["编号"]: row["基金用量"] for row in rows if row["地区"] == region}
            first = sorted(use, key=lambda code: -use[code])[:10]
            if len(drawn & use.keys()) != 2 or not drawn & use.keys() <= set(first):
                raise ValueError(f"{region}：抽中的药店不是前十名中的两家。")
        regions = write_table(
            self._draws / "地区.csv",
            [{"地区": name} for name in self.province.regions],
        )
        self._draw("regions", regions, "交叉互检")

    def _match(self, chosen: Mapping[str, Hospital]) -> dict[str, list[Expert]]:
        """Experts by object, for both draws; none of the object, none of its region, none who declared an interest."""
        known = {one.code: one for one in self.province.experts}
        matched: dict[str, list[Expert]] = {code: [] for code in chosen}
        for name in OBJECT_DRAWS:
            load = Counter(one.code for group in matched.values() for one in group)
            listed = write_table(self._draws / f"专家-{name}.csv", expert_rows(self.province.experts, load))
            rests_on = ("--objects", self._draws / f"{name}.json")
            made = self._draw("experts", listed, f"专家-{name}", *EXPERTS.split(), rests_on=rests_on)
            for one in made["result"]["matched"]:
                expert, hospital = known[one["key"]], chosen[one["object"]]
                if expert.unit == hospital.code or expert.region_name == hospital.region_name:
                    raise ValueError(f"{hospital.name}：匹配的专家应当回避。")
                if hospital.code in expert.interests.split("、"):
                    raise ValueError(f"{hospital.name}：匹配的专家申报过利害关系。")
                matched[hospital.code].append(expert)
        return matched

    @property
    def _draws(self) -> Path:
        return self.out / "抽取"

    def _draw(
        self, kind: str, listed: Path, name: str, *words: str, rests_on: tuple[str | Path, ...] = ()
    ) -> dict[str, Any]:
        """Draw, and compute the certificate again from copies that lie elsewhere; `rests_on` is given to both."""
        certificate = listed.parent / f"{name}.json"
        seed = f"{self.province.seed:06d}-{name}"
        self.commands.review(
            "draw", kind, listed, "--out", certificate, "--title", f"{PLAN_NAME}：{name}", "--by", LEADER,
            "--seed", seed, "--seed-source", SEED_SOURCE, *words, *rests_on,
        )  # fmt: skip
        elsewhere = self.out / "复算" / listed.parent.name
        elsewhere.mkdir(parents=True, exist_ok=True)
        copies = [shutil.copy(file, elsewhere) for file in (certificate, listed)]
        Commands(self.out / "elsewhere").review("draw", "verify", *copies, *rests_on)
        made: dict[str, Any] = json.loads(certificate.read_text("utf-8"))
        return made

    def _plan(self, chosen: Sequence[Hospital], experts: Mapping[str, Sequence[Expert]]) -> None:
        team = {one.code: one for group in experts.values() for one in group}
        file = write_plan(self.out / "计划" / "plan.yaml", self.province, LATER, chosen, list(team.values()))
        self.commands.review("plan", file, "--as-of", "2026-11-23", "--ics", file.with_suffix(".ics"))

    def _examine(self, hospital: Hospital, year: int, experts: Sequence[Expert]) -> None:
        """Draw stays, fetch their records, review, decide, hear, settle; what stood after each step."""
        name = _name(hospital, year)
        folder = self.out / "机构" / name
        stays = write_table(folder / "住院名单.csv", stay_rows(self._claims(year), hospital))
        made = self._draw("objects", stays, "病历", *STAYS.split())
        drawn = {one["key"] for one in made["result"]["drawn"]}
        write_extract(self.province, hospital, year, self.reference, folder / "inspection", drawn)
        plan = write_plan(folder / "计划.yaml", self.province, year, [hospital], experts)
        case = CaseFile(
            self.desk, name, hospital.name, plan, folder / "inspection", drawn, [one.name for one in experts],
            self.province.seed, self.errors,
        )  # fmt: skip
        run = case.review()
        drawn_from = ("--certificate", folder / "病历.json", "--list", stays, "--charges", "总费用")
        self.commands.review("estimate", run, *drawn_from, "--word", folder / "推算-疑点.docx")
        agreed = case.decide()
        before = case.standing()
        case.hear(folder)
        after = case.standing()
        case.settle()
        self.commands.review("estimate", name, *drawn_from, "--word", folder / "推算-确认.docx")
        case.papers(folder / "文书")
        self.commands.review("selfcheck", run, "--out", folder / "自查")
        self.called += case.called
        told = case.figures | {"kappa": agreed.kappa and round(agreed.kappa.value, 3), "抽中": len(drawn)}
        self.figures.setdefault("检查", {})[name] = told | {"陈述前": before.told, "陈述后": after.told}
        self.tell(f"  {name}：{before.told}；陈述后{after.told}")

    def _look_back(self, hospital: Hospital) -> None:
        names = [_name(hospital, year) for year in (EARLIER, LATER)]
        self.commands.review("lookback", *names, "--out", self.out / "回头看" / hospital.name)

    def _publish(self, chosen: Sequence[Hospital]) -> None:
        names = [_name(one, LATER) for one in chosen]
        self.commands.review("publish", *names, "--title", PLAN_NAME, "--out", self.out / "公开")

    def _open(self) -> None:
        files = sorted(
            file
            for file in self.out.rglob("*")
            if file.suffix in DOCUMENTS and not {"home", "inspection", "复算"} & set(file.parts)
        )
        pages = open_documents(files, self.out / "pages")
        closed = [str(file.relative_to(self.out)) for file, count in pages.items() if not count]
        self.figures["文书"] = {"份": len(pages), "页": sum(pages.values())}
        if closed:
            raise ValueError(f"LibreOffice 打不开：{'、'.join(closed[:10])}")


def _name(hospital: Hospital, year: int) -> str:
    return f"{hospital.name}{year}年度检查"
