"""How long a complaint has lasted is read from the numeral as written."""

import pytest

from review.checks.admission_window import figure_of


@pytest.mark.parametrize(
    ("written", "figure"),
    [
        ("3", 3),
        ("2.5", 2.5),
        ("半", 0.5),
        ("数", 3),
        ("两", 2),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("三十二", 32),
        ("数十", 30),
    ],
)
def test_a_span_is_as_long_as_its_numeral_says(written, figure):
    assert figure_of(written) == figure
