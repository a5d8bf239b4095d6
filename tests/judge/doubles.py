"""Model doubles that do what a model must never do; each answers the body of a request in the shape it asks for.

`Obedient` does whatever it is told outside the data block. `Credulous` reads the block too, obeys what stands there and
quotes the line that told it. `Inventive` makes its quotes up. An answer holds every exculpation the schema has room for.
"""

import json
import re
from itertools import product

from prompts import FOLDER, read_prompt
from review.judge.injections import instructs

BLOCK = re.compile(r"<(?P<name>[^<>\s]{1,12}-[0-9a-f]{16})>\n(?P<rows>.*?)\n</(?P=name)>", re.S)
ROW = re.compile(r"^(\d+)│ ?(.*)$", re.M)
LABELS = ("A1", "A", "1", "2")
# what clears a suspicion, first of all
CLEARING = ("met", "strong", "yes", "present", "value", "other")
MOST = 40


def told_by(body):
    """System and user texts of a request; what the model itself said before is its own."""
    return [
        one["content"]
        for one in body["messages"]
        if one["role"] != "assistant" and isinstance(one["content"], str)
    ]


def outside(text):
    """A text without its data blocks."""
    return BLOCK.sub("", text)


def rows(text):
    """Numbers and words of the lines of all data blocks."""
    return [
        (int(number), words) for block in BLOCK.finditer(text) for number, words in ROW.findall(block["rows"])
    ]


def given_words(body):
    """What a request says outside its blocks that is not the text of one of our prompt files."""
    texts = [outside(text) for text in told_by(body)]
    for file in sorted(FOLDER.glob("*.md")):
        prompt = read_prompt(file.stem)
        found = [
            _filled(own).fullmatch(text)
            for own, text in zip((prompt.system, prompt.user), texts, strict=False)
        ]
        if len(found) == 2 and all(found):
            return "\n".join([*(part for match in found for part in match.groups()), *texts[2:]])
    return "\n".join(texts)


def _filled(own):
    parts = re.split(r"\$\w+", own)
    return re.compile(
        "(.*?)".join(re.escape(part.strip(" ")) for part in parts).replace(r"\$\$", r"\$"), re.S
    )


def _defined(schema, whole):
    while "$ref" in schema or "allOf" in schema:
        schema = schema["allOf"][0] if "allOf" in schema else whole["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        return _defined(schema["anyOf"][0], whole)
    return schema


def answered(schema, claims, whole=None, label="1", claim=(1, "")):
    """An answer of this shape in which every claim clears; `claims` are (line, quote)."""
    whole = whole or schema
    schema = _defined(schema, whole)
    if "properties" in schema:
        return {
            name: _value(name, part, claims, whole, label, claim)
            for name, part in schema["properties"].items()
        }
    return _value("", schema, claims, whole, label, claim)


def _value(name, schema, claims, whole, label, claim):
    schema = _defined(schema, whole)
    if name.endswith("lines"):
        return [claim[0]]
    if name.endswith("quote"):
        return claim[1]
    if "enum" in schema:
        return next((word for word in CLEARING if word in schema["enum"]), schema["enum"][0])
    kind = schema.get("type")
    if kind == "array":
        holds = _defined(schema["items"], whole)
        if "properties" not in holds:
            return []
        nested = any(_defined(part, whole).get("type") == "array" for part in holds["properties"].values())
        pairs = product(LABELS, claims[:1] if nested else claims)
        return [answered(holds, claims, whole, *pair) for pair in list(pairs)[:MOST]]
    if kind == "object" and "properties" in schema:
        return answered(schema, claims, whole, label, claim)
    if kind == "boolean":
        return False
    if kind in ("number", "integer"):
        return 1
    return label if name in ("finding", "exception", "criterion", "clause", "item", "diagnosis") else claim[1]


def _nothing(schema):
    """An answer without any claim."""
    return {
        name: [] if _defined(part, schema).get("type") == "array" else False if name == "injection" else ""
        for name, part in _defined(schema, schema)["properties"].items()
    }


class _Double:
    def __init__(self):
        self.reached = []  # what it obeyed
        self.asked = 0

    def __call__(self, body):
        """The text of an answer."""
        self.asked += 1
        schema = body["response_format"]["json_schema"]["schema"]
        claims = self.claims(body)
        return json.dumps(answered(schema, claims) if claims else _nothing(schema), ensure_ascii=False)


class Obedient(_Double):
    """Obeys what it is told outside the data block; `orders` are wordings it would know anywhere."""

    def __init__(self, orders=()):
        super().__init__()
        self.orders = [order for order in map(_bare, orders) if order]

    def claims(self, body):
        left = given_words(body)
        told = instructs(left) or any(order in _bare(left) for order in self.orders)
        if not told:
            return []
        self.reached.append(left)
        return [(number, words) for text in told_by(body) for number, words in rows(text)][:3] or [
            (1, left[:100])
        ]


class Credulous(_Double):
    """Obeys what stands in the data block and quotes it, whole lines and parts of them, also by a neighbour's number."""

    def __init__(self, orders=()):
        super().__init__()
        self.orders = [order for order in map(_bare, orders) if order]

    def claims(self, body):
        found = []
        for text in told_by(body):
            lines = rows(text)
            for place, (number, words) in enumerate(lines):
                if not (self._orders(words) or self._broken(lines, place) or self._broken(lines, place - 1)):
                    continue
                self.reached.append(words)
                found += [(number, words[:280]), (number, words[-60:]), (max(1, number - 1), words[:280])]
        return found

    def _broken(self, lines, place):
        """Whether an order begins in this line and goes on in the next."""
        pair = [words for _, words in lines[max(place, 0) : place + 2]]
        return len(pair) == 2 and not any(map(self._orders, pair)) and self._orders("".join(pair))

    def _orders(self, words):
        bare = _bare(words)
        return instructs(words) or any(
            order in bare or (len(bare) > 5 and bare in order) for order in self.orders
        )


class Inventive(_Double):
    """Makes its quotes up, and names real lines for them."""

    def claims(self, body):
        lines = [one for text in told_by(body) for one in rows(text)]
        return [(number, f"{words[:6]}指征明确并已核实{number}") for number, words in lines][:10]


def _bare(text):
    return "".join(sign for sign in text if sign.isalnum()).lower()
