"""Ages of the language from ages as they are said."""

import re
from typing import Any

from app.cohorts.plain_words.grammar import doubts
from app.cohorts.plain_words.grammar.ages import AgeSaid
from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.linking.coding import JsonObject

_BOUND = re.compile(r"(ge|gt|le|lt)(\d+)(d?)")


def age_nodes(said: AgeSaid, at: str, choices: Choices, place: int, src: list[int]) -> list[JsonObject]:
    """The conditions on the age, all of which hold; at an event by its name, or `asOf`."""
    moment: JsonObject = {} if at == "asOf" else {"at": at}
    if said.loose:
        group, _, about = said.loose.partition(":")
        ways = doubts.about(int(about)) if about else [doubts.way(*each) for each in doubts.GROUPS[group]]
        chosen = choices.pick("group", place, doubts.GROUP, ways)
        bounds = [
            {"op": op, "value": int(number), "unit": "d" if days else "a"}
            for op, number, days in _BOUND.findall(chosen)
        ]
        return [{"age": {**each, **moment, "src": src}} for each in bounds]
    return [{"age": {**_compared(each), **moment, "src": src}} for each in said.bounds]


def _compared(bound: Bound) -> dict[str, Any]:
    number, unit = int(bound.amount.number), bound.amount.unit or "a"
    if bound.high is not None:
        return {"op": "between", "value": [number, int(bound.high.number)], "unit": unit}
    if bound.op == "eq":
        return {"op": "between", "value": [number, number], "unit": unit}
    return {"op": bound.op, "value": number, "unit": unit}
