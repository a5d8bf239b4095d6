"""What a watch rests on: the rules and the knowledge of its last review, and what its first month said it is about."""

import hashlib
import json
import secrets
from dataclasses import replace
from pathlib import Path

from review.checks.registry import Check
from review.engines.duckdb import VIEWS, Warehouse
from review.intake.about import About
from review.screening.claims import text_literal
from review.screening.preparing import Options
from review.screening.rules import rule_version
from review.screening.run import about_of
from review.screening.watch import State
from review.settled import Settled
from review.versions import knowledge_version


def rules_key(checks: tuple[Check, ...], home: Path, settled: Settled) -> str:
    """Changes with a rule, a view, the knowledge or what people have settled over them."""
    told = {check.header.code: rule_version(check) for check in checks}
    whole = hashlib.sha256(
        json.dumps([told, knowledge_version(home), settled.version], sort_keys=True).encode()
    )
    for file in sorted(VIEWS.glob("*.sql")):
        whole.update(file.read_bytes())
    return whole.hexdigest()[:16]


def begun_with(state: State, claims: tuple[Path, ...], region: str | None, part: Path) -> State:
    """What the watch is about: an inspection.yaml beside the first month, else what its first stay says."""
    said = about_of(Options(claims, part, region=region))
    warehouse = Warehouse.empty()
    first = warehouse.rows(
        "select fixmedins_code as code from read_parquet("
        f"{text_literal(part / 'mdtrt_d.parquet')}) where fixmedins_code is not null order by mdtrt_id limit 1"
    )
    warehouse.close()
    code = said.hospital_code or (str(first[0]["code"]) if first else None)
    own = code[1:7] if code and code.startswith("H") and code[1:7].isdigit() else None
    return replace(
        state,
        name=said.name,
        region=said.region_code or own,
        hospital_code=code,
        hospital_level=said.hospital_level,
        secret=secrets.token_hex(16),
    )


def about(state: State) -> About:
    """What a screening is told of the inspection."""
    return About(
        name=state.name,
        region_code=state.region,
        hospital_code=state.hospital_code,
        hospital_level=state.hospital_level,
    )
