"""What `submit_finding` and `finish` take."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from review.investigator.tools import Arguments
from review.violations import VIOLATIONS


class Claim(Arguments):
    says: Literal["for", "against"] = Field(description="for：支持疑点；against：不利于疑点")
    lines: list[int] = Field(min_length=1, max_length=20, description="引文所在的行号")
    quote: str = Field(min_length=1, max_length=300, description="从这些行里逐字抄下的一段；表行抄一个单元格")


class ExcessOf(Arguments):
    charge_id: str = Field(max_length=80, description="收费行编号，如 F12")
    quantity: Decimal | None = Field(None, description="这一行里多出的数量；不填表示看 standard_price")
    standard_price: Decimal | None = Field(None, description="应按的单价；与 quantity 只填一个")


class BasisOf(Arguments):
    document: str = Field(min_length=1, max_length=200, description="look_up_clause 给出的 document")
    passage: str = Field(min_length=1, max_length=200, description="look_up_clause 给出的 passage")


class Submission(Arguments):
    violation: str = Field(
        description="违规类型的代码", json_schema_extra={"enum": list(VIOLATIONS)}, max_length=60
    )
    statement: str = Field(
        min_length=8,
        max_length=200,
        description="一两句话说看到了什么；不写意图和认定，数字只写引文和收费行里有的",
    )
    claims: list[Claim] = Field(min_length=1, max_length=12)
    charge_ids: list[str] = Field(
        default_factory=list, max_length=300, description="涉及的收费行，如 F12；没有就空"
    )
    excess: list[ExcessOf] = Field(
        default_factory=list, max_length=300, description="只有一行的一部分有疑点时写；不写的行按整行算"
    )
    amount: Decimal | None = Field(None, description="由上面各行算出的金额；整次住院和文书类的疑点不填")
    basis: BasisOf
    certainty: Literal["clue", "probable"] = Field(
        "clue", description="probable 须有规则的同类疑点，或引自两份不同的文书、表"
    )
    earlier_admission: str | None = Field(
        None, max_length=20, description="只用于 split_admission：前一次住院，如 A10"
    )


class Finish(Arguments):
    reason: str = Field(
        min_length=1, max_length=300, description="一句话：查了什么，为什么到此为止；没有疑点也是正常结果"
    )
