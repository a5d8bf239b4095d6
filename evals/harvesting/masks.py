"""The masks of an inspection: what hides people in the documents of an admission and in the free cells of its rows."""

from collections.abc import Iterator, Mapping

from review.checks.inputs import Inspection
from review.deidentify import mask_of
from review.engines.duckdb import Warehouse
from review.intake.columns import TableShape, shapes
from review.intake.inspection import Intake
from review.masking import Mask

# cells that are written like a document, in which only the context tells a name
TOLD_FREELY = frozenset(
    {
        "memo", "adm_diag_dscr", "findings", "conclusion", "before", "after", "document_title", "order_name", "usage",
    }
)  # fmt: skip
Span = tuple[int, int, str]


class Masks:
    """The mask of each admission, by whichever number a row names it; what was hidden in a text once is kept."""

    def __init__(self, masks: Mapping[str, Mask], numbers: Mapping[str, str]) -> None:
        """`numbers` are the admissions by their inpatient numbers."""
        self.admissions = tuple(masks)
        self._masks = {**{number: masks[stay] for number, stay in numbers.items() if stay in masks}, **masks}
        self._spans: dict[tuple[str, str], tuple[Span, ...]] = {}

    @classmethod
    def of(cls, intake: Intake, warehouse: Warehouse) -> "Masks":
        masks = {number: mask_of(record) for number, record in Inspection(warehouse).records.items()}
        stays = intake.tables["mdtrt_d"].select(["mdtrt_id", "ipt_otp_no"]).to_pylist()
        return cls(masks, {stay["ipt_otp_no"]: stay["mdtrt_id"] for stay in stays if stay["ipt_otp_no"]})

    def spans(self, number: str | None, text: str) -> tuple[Span, ...]:
        """What is hidden in a text of an admission; of an unknown one, what the text tells by itself."""
        asked = number or "", text
        if asked not in self._spans:
            mask = self._masks.get(asked[0]) or Mask((), [text])
            self._spans[asked] = tuple(mask.spans(text))
        return self._spans[asked]

    def told(self, number: str) -> frozenset[str]:
        """The names that the tables tell of an admission."""
        mask = self._masks.get(number)
        return mask.told if mask else frozenset()


def stay_column(shape: TableShape) -> str:
    """By which column a row of a table names its admission."""
    return "mdtrt_id" if shape.part == "claims" else "inpatient_no"


def told_in(intake: Intake, masks: Masks) -> Iterator[tuple[str, str]]:
    """What the masks hide in all documents and free cells, as it is written, with its kind."""
    texts = [(source.admission_id, source.read.text) for source in intake.sources if source.read]
    for name, table in intake.tables.items():
        key = stay_column(shapes()[name])
        for column in TOLD_FREELY & set(table.column_names):
            numbers = table[key].to_pylist() if key in table.column_names else [None] * table.num_rows
            texts += dict.fromkeys(
                (number, cell)
                for number, cell in zip(numbers, table[column].to_pylist(), strict=True)
                if cell
            )
    for number, text in texts:
        for start, end, kind in masks.spans(number, text):
            yield text[start:end], kind
