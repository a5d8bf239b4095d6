from collections import Counter
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
from generated_findings import finding

from evals.generating.admitting import Admitter, kinds
from evals.generating.bulk import generate_lines
from evals.generating.cohorts import wards
from evals.generating.dealing import deals, generate
from evals.generating.labels import read_labels
from evals.generating.reference import Reference, half_of
from evals.generating.scenarios import REGISTRY
from evals.generating.scoring import tally_wards
from review.intake.inspection import read_inspection

FOLDER = Path(__file__).parents[2] / "shared" / "reference"


needs_reference = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/reference is not here")


OF_WARDS = {"CHG-030", "CHG-036"}


def of_charges(scenarios):
    return [scenario for scenario in scenarios if scenario.family == "charges"]


@pytest.fixture(scope="module")
def reference():
    return Reference.open(FOLDER, 3, "open")


@pytest.fixture(scope="module")
def made(tmp_path_factory, reference):
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, 240, 3, "open", FOLDER)
    return folder


@pytest.fixture(scope="module")
def clean_stays():
    return [Admitter(n, Random(f"clean {n}")).stay(kind["kind"]) for n in range(6) for kind in kinds()]


def test_every_check_but_the_two_of_cohorts_is_planted_and_nearly_missed():
    every = {f"CHG-{number:03d}" for number in range(1, 37)} - OF_WARDS
    plants, near_misses = of_charges(REGISTRY.plants), of_charges(REGISTRY.near_misses)
    assert {scenario.check for scenario in plants} == every
    assert {scenario.check for scenario in near_misses} == every
    assert len(near_misses) >= len(plants)


@needs_reference
@pytest.mark.parametrize("half", ["open", "sealed"])
def test_every_scenario_labels_lines_of_its_own_stay(half):
    reference = Reference.open(FOLDER, 5, half)
    for scenario in of_charges(REGISTRY.plants + REGISTRY.near_misses):
        for number in range(3):
            made = scenario.make(Admitter(number, Random(f"{scenario.name}{number}")), reference)
            label = scenario.label(made, half)
            own = {line.number for line in made.stays[-1].lines}
            assert set(label.charge_ids) <= own, scenario
            assert set(label.related_ids) <= own | {
                line.number for stay in made.stays for line in stay.lines
            }, scenario
            if label.amount is not None:
                assert label.amount > 0, scenario
                assert label.amount == label.amount.quantize(Decimal("0.01"))


@needs_reference
def test_the_intake_reads_the_folder_without_a_fault(made, tmp_path):
    intake = read_inspection(made / "inspection", cache=tmp_path)
    assert [str(fault) for fault in intake.faults] == []


@needs_reference
def test_the_same_seed_writes_the_same_bytes(tmp_path, made):
    generate(tmp_path, 240, 3, "open", FOLDER)
    one = {file.relative_to(made): file.read_bytes() for file in sorted(made.rglob("*")) if file.is_file()}
    two = {
        file.relative_to(tmp_path): file.read_bytes()
        for file in sorted(tmp_path.rglob("*"))
        if file.is_file()
    }
    assert one == two


@needs_reference
def test_near_misses_are_at_least_as_many_as_plants_and_three_in_ten_stays_are_clean(made):
    counts = Counter(label.kind for label in read_labels(made / "labels.jsonl"))
    assert counts == {"clean": 72, "plant": 72, "near_miss": 96}


@needs_reference
def test_the_halves_share_no_admission_and_no_row_of_a_list():
    one, other = (Reference.open(FOLDER, 3, half) for half in ("open", "sealed"))
    rows = one.pairs
    drawn = [{row["序号"] for row in half.mine(rows)} for half in (one, other)]
    assert not drawn[0] & drawn[1] and drawn[0] | drawn[1] == {row["序号"] for row in rows}
    numbers = [{deal.number for deal in deals(40, 3, half.half, half)} for half in (one, other)]
    assert not numbers[0] & numbers[1]
    assert {half_of(3, f"admission {number}") for number in numbers[0]} == {"open"}
    of_wards = [
        {stay.admission_id for stays, _ in wards(3, half) for stay in stays} for half in ("open", "sealed")
    ]
    assert not of_wards[0] & of_wards[1]


def test_a_clean_stay_multiplies_right_and_stays_inside_its_dates(clean_stays):
    for stay in clean_stays:
        for line in stay.lines:
            assert line.amount == line.quantity * line.price, (stay.department, line)
            assert stay.begin <= line.at <= stay.end, (stay.department, line)
            assert line.own + line.advance + line.covered + (0 if line.own else line.over) == line.amount


def test_a_clean_stay_orders_what_it_charges_and_reports_what_it_tests(clean_stays):
    for stay in clean_stays:
        ordered = {row["医嘱号"] for row in stay.orders}
        exempt = ("01", "02", "08")
        assert all(line.order in ordered for line in stay.lines if line.item.charge_type not in exempt), (
            stay.department
        )
        results = Counter(row["检验值名称"] for row in stay.labs)
        tests = Counter(line.item.analyte.name for line in stay.lines if line.item.charge_type == "04")
        assert results == tests
        reports = Counter(row["检查项目名称"] for row in stay.exams)
        assert reports == Counter(line.item.name for line in stay.lines if line.item.charge_type == "03")


def test_a_clean_stay_keeps_days_hours_and_single_lines(clean_stays):
    for stay in clean_stays:
        a_day = Counter()
        for line in stay.lines:
            whose = "新生儿" in line.department
            a_day[whose, line.item.code, line.at.date()] += line.quantity
            if line.item.charge_type in ("01", "02"):
                assert a_day[whose, line.item.code, line.at.date()] <= 1
            if line.item.unit == "小时":
                assert a_day[whose, line.item.code, line.at.date()] <= 24
        once = Counter((line.item.code, line.at, line.order) for line in stay.lines)
        assert max(once.values()) == 1, [key for key, count in once.items() if count > 1]


@needs_reference
def test_a_clean_stay_holds_no_listed_pair_and_nothing_for_the_other_sex(reference, clean_stays):
    for stay in clean_stays:
        codes = {line.item.code for line in stay.lines if "新生儿" not in line.department}
        assert not [pair for pair in combinations(codes, 2) if frozenset(pair) in reference.paired_codes], (
            stay.department
        )
        asked = {reference.sex_of_item[code] for code in codes if code in reference.sex_of_item}
        assert asked <= {"男" if stay.person.sex == "1" else "女"}
        assert not codes & set(reference.age_of_item)


def test_a_missing_reference_folder_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="--reference"):
        Reference.open(tmp_path, 1, "open")


@pytest.fixture(scope="module")
def claims(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    generate_lines(folder, 300, 4, "open", folder / "nothing here", variants=(2, 1))
    return folder


def test_the_claims_extract_is_made_without_the_reference_and_says_what_it_left_out(tmp_path):
    said = generate_lines(tmp_path, 20, 4, "open", tmp_path / "nothing here", variants=(1, 1))
    assert "未种植" in said[-1]


def test_every_line_of_the_claims_extract_has_its_own_number_and_a_stay(claims):
    lines = pq.read_table(claims / "claims" / "fee_list_d.parquet")
    stays = pq.read_table(claims / "claims" / "mdtrt_d.parquet")
    numbers = lines["bkkp_sn"].to_pylist()
    assert len(set(numbers)) == len(numbers) > 300 * 90
    assert set(lines["mdtrt_id"].to_pylist()) == set(stays["mdtrt_id"].to_pylist())


def test_settlements_of_the_claims_extract_add_up_where_no_total_is_planted(claims):
    lines = pq.read_table(
        claims / "claims" / "fee_list_d.parquet", columns=["setl_id", "det_item_fee_sumamt"]
    )
    sums = Counter()
    for number, amount in zip(*(lines[name].to_pylist() for name in lines.column_names), strict=True):
        sums[number] += amount
    settled = pq.read_table(claims / "claims" / "setl_d.parquet")
    wrong = {
        whose
        for whose, number, total in zip(
            *(settled[name].to_pylist() for name in ("mdtrt_id", "setl_id", "medfee_sumamt")), strict=True
        )
        if abs(sums[number] - Decimal(total)) > Decimal("0.01")
    }
    planted = {
        label.admission_id
        for label in read_labels(claims / "labels.jsonl")
        if label.scenario.startswith("lines of the settlement")
    }
    assert wrong == planted


def test_labels_of_the_claims_extract_name_its_own_lines(claims):
    lines = set(pq.read_table(claims / "claims" / "fee_list_d.parquet")["bkkp_sn"].to_pylist())
    labels = list(read_labels(claims / "labels.jsonl"))
    assert {label.kind for label in labels} == {"plant", "near_miss", "clean"}
    assert all(
        set(label.charge_ids) <= lines and label.claims_only for label in labels if label.kind != "clean"
    )


def test_three_wards_are_planted_or_nearly_missed_with_their_stays():
    made = list(wards(3, "open"))
    assert [len(stays) for stays, _ in made] == [60, 60, 60]
    kinds_of = [(labels[0].kind, labels[0].check, len(labels), labels[0].amount) for _, labels in made]
    assert kinds_of == [
        ("pattern", "CHG-030", 60, Decimal(9600)),
        ("near_miss", "CHG-030", 60, None),
        ("near_miss", "CHG-030", 60, None),
    ]
    assert all(
        {(stay.begin.year, (stay.begin.month - 1) // 3) for stay in stays} == {(2025, 3)} for stays, _ in made
    )


def test_a_pattern_is_about_the_ward_most_of_its_stays_lie_in():
    labels = [label for _, said in wards(3, "open") for label in said]
    pattern = finding(None, "CHG-030", (), "9600.00", "clue", "excessive_service") | {
        "admissions": list(labels[0].admissions)
    }
    tallies = {}
    tally_wards(tallies, labels, [pattern])
    counts = tallies["CHG-030"]
    assert (counts.plants, counts.found, counts.exact, counts.near, counts.sprung) == (1, 1, 1, 2, 0)
