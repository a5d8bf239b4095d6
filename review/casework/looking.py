"""The way from a call to a case for whatever hands out more of it than a case's opening did."""

from review.casework.desk import Call, Case, Desk, text
from review.store.accounts import Person


def looked_at(desk: Desk, person: Person, call: Call) -> Case:
    """The case of a call; before anything of it is read, a line of the trail tells that this person opened it."""
    case = desk.case(text(call, "case"), person)
    desk.store.looks.read_on(person.name, case.inspection.key, case.key)
    return case
