"""Generated records are well formed, their labels stand in the files they name, and a finding counts only there."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from evals.forging.charts import conditions, wards
from evals.forging.desk import Desk
from evals.forging.inspecting import DECLARING, ordinary
from evals.forging.layouts import layout
from evals.forging.people import staff
from evals.forging.scoring import copy_forward, tally_documents
from evals.generating.admitting import Admitter
from evals.generating.dealing import generate
from evals.generating.labels import Label, read_labels
from evals.generating.reference import Reference
from evals.generating.scenarios import REGISTRY
from review.intake.inspection import read_inspection

FOLDER = Path(__file__).parents[2] / "shared" / "reference"
needs_reference = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/reference is not here")
SCENARIOS = [one for one in REGISTRY.plants + REGISTRY.near_misses if one.family == "documents"]
OF_NURSES = "DOC-018"  # planted over several stays of one nurse
CHECKS = {f"DOC-{number:03d}" for number in range(1, 28)} - {OF_NURSES}
OPEN, SEALED = Reference.without(5, "open"), Reference.without(5, "sealed")


def admitter(number, what=""):
    return Admitter(number, Random(f"{number} {what}"))


def chart(number, name="", reference=OPEN):
    return Desk(admitter(number), reference).chart(name)


def texts(made):
    return {
        f"records/{stay.admission_id}/{name}": content for stay in made.stays for name, content in stay.files
    }


def test_every_document_check_has_two_forgeries_and_a_near_miss():
    assert DECLARING
    plants = [one.check for one in SCENARIOS if one.is_plant]
    assert {check for check in CHECKS if plants.count(check) >= 2} == CHECKS
    assert {one.check for one in SCENARIOS if not one.is_plant} == CHECKS


@pytest.mark.slow
def test_every_label_names_files_that_were_written_and_words_that_stand_there():
    for scenario in SCENARIOS:
        made = scenario.make(admitter(4, scenario.name), OPEN)
        label = scenario.label(made, "open")
        written = texts(made)
        for file in label.files:
            if file.startswith("records/"):
                content = written[file]
                shown = content.decode() if not file.endswith(".pdf") else ""
                assert not shown or not label.quotes or any(quote in shown for quote in label.quotes), (
                    scenario
                )


@pytest.mark.slow
@pytest.mark.parametrize("number", [11, 203, 477, 1290])
def test_every_scenario_can_be_made_of_any_number(number):
    for scenario in SCENARIOS:
        made = scenario.make(admitter(number, f"{scenario.name} {number}"), OPEN)
        assert scenario.label(made, "open").admission_id == made.stays[-1].admission_id


@pytest.mark.slow
def test_a_label_of_a_table_names_a_cell_of_it():
    rows = {
        "hospital/住院医嘱.csv": "orders", "hospital/化验报告.csv": "labs", "hospital/检查报告.csv": "exams",
        "hospital/护理体征.csv": "vitals", "hospital/住院手术.csv": "operations", "hospital/住院麻醉.csv": "anaesthesia",
        "hospital/修改痕迹.csv": "edits",
    }  # fmt: skip
    for scenario in SCENARIOS:
        made = scenario.make(admitter(6, scenario.name), OPEN)
        label = scenario.label(made, "open")
        for file in set(label.files) & set(rows):
            cells = {
                value for stay in made.stays for row in getattr(stay, rows[file]) for value in row.values()
            }
            assert any(quote in cell for quote in label.quotes for cell in cells), (scenario, file)


def test_a_full_record_holds_every_document_its_stay_must_have():
    titles = {paper.title for paper in chart(1, "gallbladder").papers}
    assert titles >= {
        "病案首页", "入院记录", "首次病程记录", "日常病程记录", "主治医师查房记录", "副主任医师查房记录", "医嘱单", "体温单",
        "护理记录", "检验报告单", "检查报告单", "出院记录", "术前小结", "术前讨论记录", "手术知情同意书", "麻醉知情同意书",
        "麻醉术前访视记录", "手术安全核查记录", "手术清点记录", "手术记录", "麻醉记录", "术后首次病程记录", "麻醉术后访视记录",
        "病理报告单",
    }  # fmt: skip


def test_notes_and_sheets_tell_what_the_tables_hold():
    made = chart(2, "hip")
    sheet = made.paper("体温单")
    assert len(sheet.parts) == len(made.stay.vitals)
    start, stop = made.theatre
    assert made.paper("手术记录").text("手术开始时间") == made.layout.time(start)
    assert datetime.fromisoformat(made.stay.operations[0]["手术结束时间"]) == stop
    assert not any(start <= datetime.fromisoformat(row["测量时间"]) <= stop for row in made.stay.vitals)
    for note in made.notes():
        assert made.stay.begin < note.at < made.stay.end
        assert f"{'右' if made.side == '左' else '左'}侧全髋" not in note.text("")


def test_layouts_differ_between_wards_and_the_halves_share_none():
    mine = {layout(5, "open", ward) for ward in wards()}
    assert len(mine) >= 3
    assert len({one.date for one in mine}) >= 3
    assert not mine & {layout(5, "sealed", ward) for ward in wards()}


def test_the_halves_share_no_name_and_no_word():
    assert not staff(5, "open", wards()) & staff(5, "sealed", wards())
    one, other = chart(3, "heart"), chart(3, "heart", SEALED)
    for kind, words in one.words.items():
        assert not set(words) & set(other.words[kind]), kind


@pytest.mark.slow
def test_stays_of_one_team_never_meet_in_the_theatre():
    taken = {}
    for number in range(0, 120, 3):
        for name in ("hip", "appendix"):
            made = chart(number, name)
            start, stop = made.theatre
            for begun, ended in taken.get(made.team, ()):
                assert stop + timedelta(hours=1) < begun or ended + timedelta(hours=1) < start
            taken.setdefault(made.team, []).append((start, stop))


def test_every_condition_can_be_told_in_every_layout():
    for number, name in enumerate(conditions()):
        stay = chart(number, name).close()
        assert all(content for _, content in stay.files)
        assert len({name for name, _ in stay.files}) == len(stay.files)


def test_the_same_number_makes_the_same_bytes():
    one, other = (ordinary(admitter(9, "same"), OPEN).stays[0] for _ in range(2))
    assert one.files == other.files
    assert (one.vitals, one.labs, one.orders, one.edits) == (
        other.vitals,
        other.labs,
        other.orders,
        other.edits,
    )


@needs_reference
@pytest.mark.slow
def test_a_generated_inspection_is_read_without_a_fault_and_the_same_twice(tmp_path):
    for name in ("one", "two"):
        generate(tmp_path / name, 24, 5, "open", FOLDER, "documents")
    files = sorted(
        path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()
    )
    assert files
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
    read = read_inspection(tmp_path / "one" / "inspection", cache=tmp_path / "cache")
    assert not read.faults
    known = {label.admission_id for label in read_labels(tmp_path / "one" / "labels.jsonl")}
    assert known <= {path.name for path in (tmp_path / "one" / "inspection" / "records").iterdir()}


def label(**more):
    given = {"family": "documents", "files": ("records/A1/01入院记录.txt",), "quotes": ("前列腺Ⅱ度增大",)}
    return Label(
        "plant",
        "A1",
        "open",
        "DOC-010",
        "one",
        "documentation_defect",
        certainty="probable",
        **{**given, **more},
    )


def finding(**more):
    told = {
        "check": "DOC-010", "admission_id": "A1", "certainty": "probable", "violation": "documentation_defect",
        "message": "", "evidence": [{"source": "records/A1/01入院记录.txt", "quote": "直肠指诊：前列腺Ⅱ度增大", "says": "for"}],
    }  # fmt: skip
    return told | more


def test_a_finding_counts_only_where_it_stands_on_the_planted_words():
    elsewhere = [{"source": "records/A1/02出院记录.txt", "quote": "前列腺Ⅱ度增大", "says": "for"}]
    there = tally_documents([label()], [finding()], [], {})["DOC-010"]
    beside = tally_documents([label()], [finding(evidence=elsewhere)], [], {})["DOC-010"]
    assert (there.found, there.right, there.findings) == (1, 1, 1)
    assert (beside.found, beside.right, beside.findings) == (0, 0, 1)
    assert [fault["fault"] for fault in beside.faults] == ["elsewhere", "false"]


def test_a_clue_on_a_planted_document_is_too_little_where_the_catalogue_says_probable():
    counts = tally_documents([label()], [finding(certainty="clue")], [], {})["DOC-010"]
    assert (counts.found, counts.findings) == (0, 0)
    assert [fault["fault"] for fault in counts.faults] == ["low"]


def test_a_clean_stay_accused_of_copying_is_counted_as_a_false_alarm():
    clean = Label("clean", "A2", "open", family="documents")
    said = finding(check="DOC-017", admission_id="A2")
    assert "1 次 0.500" in copy_forward([label(), clean], [said])
    assert "0 次 0.000" in copy_forward(
        [label(), clean], [finding(check="DOC-017", admission_id="A2", certainty="clue")]
    )
