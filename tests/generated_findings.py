"""Findings as a review writes them, for the tests of scoring."""


def finding(
    admission="A1",
    check="CHG-001",
    lines=("1",),
    amount="3.50",
    certainty="probable",
    violation="over_standard_charge",
):
    return {
        "admission_id": admission,
        "check": check,
        "charge_ids": list(lines),
        "amount": amount,
        "certainty": certainty,
        "violation": violation,
        "message": "疑似",
    }
