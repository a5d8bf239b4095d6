from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from evals.generating.admitting import Admitter
from evals.generating.clinical import case, courses, mild_courses, needed_courses
from evals.generating.clinical_notes import write_story
from evals.generating.dealing import DECLARING, generate, noise_told
from evals.generating.disturbing import NOISES
from evals.generating.labels import Label, read_labels
from evals.generating.scenarios import REGISTRY
from evals.generating.scoring_stays import tally_stays
from evals.generating.stay_cohorts import COHORTS, cohorts
from evals.generating.tallies import calibration
from review.intake.inspection import read_inspection

FOLDER = Path(__file__).parents[2] / "shared" / "reference"
needs_reference = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/reference is not here")
OF_COHORTS = {f"ADM-{number:03d}" for number in (10, 11, 12, 13, 15, 16)}
OF_STAYS = {f"ADM-{number:03d}" for number in range(1, 17)} - OF_COHORTS
STAYS = [one for one in REGISTRY.plants + REGISTRY.near_misses if one.family == "admissions"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stays")
    generate(folder, 60, 3, "open", FOLDER, "admissions")
    return folder


def admitter(number, what=""):
    return Admitter(number, Random(f"{number} {what}"))


def test_every_admission_check_is_planted_and_nearly_missed():
    assert DECLARING
    plants = [one for one in STAYS if one.is_plant]
    assert {one.check for one in plants} == OF_STAYS
    assert {one.check for one in STAYS if not one.is_plant} == OF_STAYS
    assert len(STAYS) >= 2 * len(plants)
    assert {one.check for one in COHORTS if one.clear} == OF_COHORTS
    assert {one.check for one in COHORTS if not one.clear} == OF_COHORTS


def test_every_label_names_stays_that_were_made_and_a_plant_its_total():
    for scenario in STAYS:
        for number in range(1):
            one = scenario.make(admitter(number, scenario.name), None)
            label = scenario.label(one, "open")
            assert label.family == "admissions"
            assert {label.admission_id, *label.admissions} <= {stay.admission_id for stay in one.stays}, (
                scenario
            )
            if scenario.is_plant and scenario.check != "ADM-014":  # the catalogue states no amount there
                assert label.amount == sum((line.amount for line in one.stays[-1].lines), Decimal(0)), (
                    scenario
                )


@pytest.mark.slow
def test_a_persons_stays_are_in_order_unless_that_is_the_point():
    for scenario in STAYS:
        one = scenario.make(admitter(7, scenario.name), None)
        spans = sorted((stay.begin, stay.end) for stay in one.stays)
        apart = all(before[1] <= after[0] for before, after in pairwise(spans))
        at_one_time = ("overlapping", "two_places", "child_on_mothers_card", "twins")
        assert apart or scenario.make.__name__ in at_one_time, scenario


def first_day(stay):
    until = stay.begin + timedelta(hours=24)
    return [row for row in stay.vitals if datetime.fromisoformat(row["测量时间"]) <= until]


def alarming(row):
    return (
        float(row["体温"]) >= 37.8
        or not 50 <= int(row["脉搏"]) <= 140
        or not 8 <= int(row["呼吸"]) <= 30
        or not 90 <= int(row["收缩压"]) <= 180
        or not 50 <= int(row["舒张压"]) <= 110
        or int(row["血氧饱和度"]) <= 90
    )


@pytest.mark.parametrize("name", mild_courses())
def test_nothing_measured_on_the_first_day_of_a_mild_course_meets_a_criterion(name):
    for number in range(2):
        one = case(admitter(number, name), name)
        assert first_day(one.stay) and not any(alarming(row) for row in first_day(one.stay))
        assert not one.stay.operations


@pytest.mark.parametrize("name", needed_courses("rehabilitation", "sequelae", "lumbar"))
def test_a_needed_course_shows_its_need_on_the_first_day_or_operates_within_three(name):
    stay = case(admitter(1, name), name, needed=True).stay
    until = f"{stay.begin + timedelta(hours=72):%Y-%m-%d %H:%M}"
    measured = any(alarming(row) for row in first_day(stay))
    done = any(row["手术开始时间"] <= until for row in stay.operations)
    given = any(
        word in row["医嘱名称"] for row in stay.orders for word in ("血液透析", "化学药物", "心电监测")
    )
    anaemic = any(row["检验值名称"] == "血红蛋白" and float(row["检验值描述"]) < 70 for row in stay.labs)
    assert measured or done or given or anaemic


def test_three_styles_say_the_same_of_the_bedside():
    said = set()
    for number in range(30):
        one = case(admitter(number), "hypertension")
        said.add(one.story.style)
        record = dict(one.close().documents)["入院记录"]
        assert all(word in record for word in ("142/86mmHg", "神志清楚", "98%", "四肢肌力5级", "36.5"))
    assert said == set("ABC")


@pytest.mark.slow
def test_one_stay_in_five_of_all_that_is_made_carries_noise(capsys):
    noises = Counter()
    for number in range(3):
        for scenario in STAYS:
            for stay in scenario.make(admitter(number, scenario.name), None).stays:
                noises[stay.noise] += 1
    for stays, _ in cohorts(3, "open", 200):
        noises.update(stay.noise for stay in stays)
    with capsys.disabled():
        print(f"\n噪声：{noise_told(noises)}")
    assert {noise.name for noise in NOISES} | {""} == set(noises)
    assert 0.20 <= 1 - noises[""] / noises.total() <= 0.27
    assert noises["missing signs"] + noises["contradicting sentence"] >= 0.3 * (noises.total() - noises[""])


def told(stay):
    return (stay.documents, stay.vitals, stay.orders, stay.labs, stay.said, [line.at for line in stay.lines])


def test_what_is_called_undisturbed_is_and_noise_spares_the_first_day_and_what_a_label_rests_on():
    seen = set()
    for number in range(250):
        quiet, noisy, kept = (case(admitter(number), "coronary") for _ in range(3))
        quiet.stay.noise, kept.proof = "", frozenset({"signs", "course", "contact"})
        write_story(quiet.stay, quiet.story)
        before, after, spared = quiet.stay, noisy.close(), kept.close()
        assert (told(before) == told(after)) == (after.noise == "")
        assert [row["测量时间"] for row in first_day(before)] == [
            row["测量时间"] for row in first_day(after) if after.noise != "rows twice"
        ] or after.noise == "rows twice"
        if spared.noise not in ("rows twice", "names missing"):
            assert spared.vitals == before.vitals
        assert spared.said == before.said
        seen.add(after.noise)
    assert len(seen) >= 8


def test_the_bills_of_two_stays_of_one_course_differ():
    bills = Counter()
    for number in range(30):
        stay = case(admitter(number), "hypertension", days=6).stay
        bills[sum(line.amount for line in stay.lines)] += 1
    assert max(bills.values()) <= 2


def test_every_course_comes_with_a_diagnosis_and_something_written():
    for name, said in courses().items():
        assert said["main"][0] and (said.get("complaint") or said.get("needed")), name
        assert all("criterion" in need for need in said.get("needed", ())), name


@pytest.mark.slow
def test_cohorts_are_made_from_two_hundred_admissions_on_and_the_halves_share_none():
    assert not list(cohorts(3, "open", 199))
    numbers = [
        {stay.admission_id for stays, _ in cohorts(3, half, 200) for stay in stays}
        for half in ("open", "sealed")
    ]
    assert not numbers[0] & numbers[1]
    for stays, labels in cohorts(3, "open", 200):
        assert {label.admission_id for label in labels} == {stay.admission_id for stay in stays}


@needs_reference
def test_the_intake_reads_generated_stays_without_a_fault(made, tmp_path):
    intake = read_inspection(made / "inspection", cache=tmp_path)
    assert [str(fault) for fault in intake.faults] == []


@needs_reference
def test_the_same_seed_writes_the_same_stays(made, tmp_path):
    generate(tmp_path, 60, 3, "open", FOLDER, "admissions")
    one, two = (
        {file.relative_to(place): file.read_bytes() for file in sorted(place.rglob("*")) if file.is_file()}
        for place in (made, tmp_path)
    )
    assert one == two


@needs_reference
def test_all_gives_each_family_its_turn(tmp_path):
    generate(tmp_path, 60, 3, "open", FOLDER, "all")
    labels = read_labels(tmp_path / "labels.jsonl")
    families = Counter(label.family for label in labels if label.kind != "ward")
    assert families == {"charges": 20, "admissions": 20, "documents": 20}


def finding(admission, check="ADM-006", certainty="probable", amount="100.00", violation="split_admission"):
    return {
        "admission_id": admission, "check": check, "certainty": certainty, "amount": amount,
        "violation": violation, "charge_ids": [], "message": "疑似",
    }  # fmt: skip


def label(kind, admission, **more):
    said = {"check": "ADM-006", "family": "admissions"} | more
    return Label(kind, admission, "open", **said)


PLANT = label("plant", "A1", violation="split_admission", amount=Decimal("100.00"), admissions=("A0", "A1"))


def test_a_finding_on_any_stay_of_the_person_finds_the_plant():
    counts = tally_stays([PLANT], [finding("A0", certainty="clue", amount=None)], [], {})["ADM-006"]
    assert (counts.plants, counts.found, counts.right, counts.priced) == (1, 1, 1, 0)


def test_a_firm_finding_is_held_to_the_total_of_the_stay():
    right = tally_stays([PLANT], [finding("A1")], [], {})["ADM-006"]
    wrong = tally_stays([PLANT], [finding("A1", amount="90.00")], [], {})["ADM-006"]
    assert (right.priced, right.exact, wrong.priced, wrong.exact) == (1, 1, 1, 0)


def test_a_near_miss_is_sprung_above_its_certainty_and_a_clean_stay_by_anything():
    near = label("near_miss", "A2", at_most="clue")
    clean = Label("clean", "A3", "open", family="admissions")
    found = [finding("A2", certainty="clue"), finding("A2"), finding("A3", certainty="clue")]
    counts = tally_stays([near, clean], found, [], {})["ADM-006"]
    assert (counts.near, counts.sprung, counts.findings, counts.right) == (1, 1, 3, 1)


def test_a_pattern_is_found_when_three_of_its_stays_are_named():
    stays = ("B1", "B2", "B3", "B4")
    batch = label("pattern", "B1", check="ADM-010", admissions=stays)
    pattern = finding(None, "ADM-010", "clue", None, "induced_admission") | {"admissions": list(stays)}
    for findings, patterns in (([], [pattern]), ([finding(one, "ADM-010", "clue") for one in stays[:3]], [])):
        assert tally_stays([batch], findings, patterns, {})["ADM-010"].found == 1
    assert tally_stays([batch], [finding("B1", "ADM-010", "clue")], [], {})["ADM-010"].found == 0


def test_rates_of_a_quarter_are_context_and_wrong_only_on_a_stay():
    planned = label("near_miss", "C1", check="ADM-016", admissions=("C1", "C2", "C3"))
    pattern = finding(None, "ADM-016", "clue", None) | {"admissions": ["C1", "C2", "C3"]}
    counts = tally_stays([planned], [], [pattern], {})["ADM-016"]
    assert (counts.near, counts.sprung, counts.findings) == (1, 0, 0)
    assert tally_stays([planned], [finding("C1", "ADM-016")], [], {})["ADM-016"].sprung == 1


def test_calibration_says_how_often_each_certainty_was_right():
    clean = Label("clean", "A3", "open", family="admissions")
    found = [finding("A1"), finding("A3"), finding("A0", certainty="clue", amount=None)]
    lines = calibration(tally_stays([PLANT, clean], found, [], {}))
    assert lines[-1].split()[:4] == ["合计", "—", "1/2", "0.500（0.095–0.905）"]
