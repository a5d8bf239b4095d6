"""What of a document and a table becomes lines: nothing cut in silence, nothing twice that tells nothing."""

from asked_stay import stay_of

from review.judge.choosing import chosen
from review.judge.pieces import LABS, table_piece

STAY = {"admission_id": "A1", "begins_at": "2024-03-01 09:30", "ends_at": "2024-03-08 10:00"}


def test_rows_beyond_the_most_that_are_shown_are_named_as_left_out():
    labs = [
        {"analyte": f"指标{n}", "value_text": str(n), "sampled_at": f"2024-03-02 0{n}:00"}
        for n in range(1, 8)
    ]
    rows = stay_of(admissions=[STAY], labs=labs).record.labs
    whole, cut = table_piece("化验报告", rows, LABS, 7), table_piece("化验报告", rows, LABS, 4)
    assert chosen([whole], 1000)[1] == ()
    assert chosen([cut], 1000)[1] == (f"{cut.title}（后 3 行）",)
    assert chosen([cut], 1)[1] == (f"{cut.title}（7 行）",)
