"""Reading an inspection folder, and what became of its files."""

import json

from review.intake.inspection import read_inspection

A1, A2 = "900000000000000000000000000001", "900000000000000000000000000002"


def read(folder, tmp_path, **options):
    return read_inspection(folder, cache=tmp_path / "cache", **options)


def told(intake):
    return [(fault.file, fault.place, fault.problem, fault.admission_id) for fault in intake.faults]


def state_of(intake, file):
    return next((state.state, state.note) for state in intake.files if state.file == file)


def payload(inspection, name, body):
    (inspection / "platform").mkdir(exist_ok=True)
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    (inspection / "platform" / name).write_text(text, "utf-8")
