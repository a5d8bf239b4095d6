"""The whole procedure on a small invented province: every step by its command, and what comes of the experts' errors."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evals.generating.reference import Reference
from evals.province.acting import Acting, Errors
from evals.province.happenings import HALF, stays_of
from evals.province.land import EARLIER, LATER, PERIODS, Size, lay_out
from evals.province.scenario import Scenario

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="../shared/reference is not here")
TINY = Size(regions=2, hospitals=8, pharmacies=20, experts=64, share=0.15)


def test_a_province_has_the_sizes_asked_for_and_no_number_twice():
    province = lay_out(7, Size())
    assert (len(province.regions), len(province.hospitals), len(province.pharmacies)) == (9, 60, 200)
    assert len({one.code for one in (*province.hospitals, *province.pharmacies, *province.experts)}) == 356
    assert len({one.name for one in (*province.hospitals, *province.pharmacies)}) == 260
    sites = [one.site(year) for one in province.hospitals for year in PERIODS]
    assert len({site.numbers for site in sites}) == 180
    assert lay_out(7, Size()) == province != lay_out(8, Size())
    with pytest.raises(ValueError, match="至多 9 个地区"):
        lay_out(7, Size(regions=10))


@needs_reference
def test_stays_lie_in_their_year_and_a_hospital_that_mended_its_ways_does_less():
    province = lay_out(3, Size(share=0.5))
    reference = Reference.open(REFERENCE, 3, HALF)
    mended = next(one for one in province.hospitals if one.does[EARLIER] > one.does[LATER])
    planted = {}
    for year in (EARLIER, LATER):
        first, last, _ = PERIODS[year]
        cases = list(stays_of(province, mended, year, reference))
        stays = [stay for made, _ in cases for stay in made]
        assert all(first <= stay.begin.date() and stay.end.date() <= last for stay in stays)
        assert {stay.site.hospital for stay in stays} == {mended.code}
        planted[year] = sum(label.kind == "plant" for _, said in cases for label in said)
    assert planted[LATER] < planted[EARLIER]


def test_simulated_people_err_as_often_as_is_stated_and_always_alike():
    findings = [f"f{n}" for n in range(4000)]
    errors = Errors(rejects=0.06, confirms=0.12)
    right = Acting(1, errors, dict.fromkeys(findings, True))
    wrong = replace(right, truth=dict.fromkeys(findings, False))
    assert sum(not right.confirms("甲", one) for one in findings) / 4000 == pytest.approx(0.06, abs=0.012)
    assert sum(wrong.confirms("甲", one) for one in findings) / 4000 == pytest.approx(0.12, abs=0.016)
    assert [right.confirms("甲", one) for one in findings] == [right.confirms("甲", one) for one in findings]
    assert [right.confirms("甲", one) for one in findings] != [right.confirms("乙", one) for one in findings]


@needs_reference
def test_the_whole_procedure_runs_from_plan_to_look_back(tmp_path):
    told = []
    out = tmp_path / "province"
    scene = Scenario(
        out, lay_out(1, TINY), Reference.open(REFERENCE, 1, HALF), Errors(), told.append, opens=False
    )
    figures = scene.run()
    assert len(figures["抽中机构"]) == 3 and len(figures["检查"]) == 4
    for inspection in figures["检查"].values():
        right, judged = map(int, inspection["疑点正确 有病历"].split("/"))
        assert right >= 0.9 * judged
    for name in ("回头看", "公开", "抽取", "计划"):
        assert any(file.is_file() for file in (out / name).rglob("*"))
    papers = {file.name for file in out.glob("机构/*/文书/*")}
    assert {"最终清单.xlsx", "事实确认书.docx", "复核意见表.xlsx", "移送函.docx"} <= papers
    assert json.loads((out / "figures.json").read_text("utf-8")).keys() == figures.keys()
