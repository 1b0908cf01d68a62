"""Random questions of every word of the language, each of a few events that refer to one another."""

from random import Random
from typing import Any

from tests.app.cohorts.evaluation.random_world import (
    AS_OF,
    CREATININE,
    DISEASES,
    DRUGS,
    GLUCOSE,
    NEVER_SMOKED,
    OPERATIONS,
    SMOKER,
    SMOKING,
    SYSTOLIC,
    WORDS,
)
from tests.factories.fhir import LOINC, RXNORM, SNOMED


class RandomQuestion:
    """One question, made of a few events that refer to one another."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.events: dict[str, Any] = {}
        for name in ("a", "b", "c")[: self.random.randint(0, 3)]:
            kind = self.random.choice(tuple(_EVENTS))
            self.events[name] = {"kind": kind, **self._event(kind)}
        self.question = {
            "version": "1",
            "asOf": AS_OF,
            "events": self.events,
            "population": self._node(3),
            "output": {},
            "page": {"limit": 1_000},
        }

    def _node(self, deepest: int) -> dict[str, Any]:
        random = self.random
        if deepest and random.random() < 0.45:
            key = random.choice(("all", "any", "not", "atLeast"))
            of = [self._node(deepest - 1) for _ in range(random.randint(1, 3))]
            if key == "not":
                return {"not": of[0]}
            return {key: {"n": random.randint(1, len(of)), "of": of}} if key == "atLeast" else {key: of}
        return random.choice(
            (
                self._age,
                self._sex,
                self._deceased,
                self._named,
                self._named,
                self._inline,
                self._inline,
                self._inline,
            )
        )()

    def _age(self) -> dict[str, Any]:
        op = self.random.choice(("gt", "ge", "lt", "le", "between"))
        low = self.random.randint(10, 70)
        at = self.random.choice(["asOf", *(name for name in self.events)])
        return {"age": {"op": op, "value": [low, low + 15] if op == "between" else low, "at": at}}

    def _sex(self) -> dict[str, Any]:
        op = self.random.choice(("eq", "ne", "in"))
        value: Any = self.random.choice(("female", "male", "unknown"))
        return {"sex": {"op": op, "value": [value, "other"] if op == "in" else value}}

    def _deceased(self) -> dict[str, Any]:
        if self.random.random() < 0.5:
            return {"deceased": self.random.random() < 0.5}
        return {"deceased": {"value": self.random.random() < 0.6, "period": self._period()}}

    def _named(self) -> dict[str, Any]:
        return {"exists": self.random.choice(tuple(self.events))} if self.events else self._inline()

    def _inline(self) -> dict[str, Any]:
        kind = self.random.choice(tuple(_EVENTS))
        return {kind: self._event(kind)}

    def _event(self, kind: str) -> dict[str, Any]:
        random = self.random
        event: dict[str, Any] = _EVENTS[kind](random)
        if random.random() < 0.5:
            period = [self._period() for _ in range(random.choice((1, 1, 1, 2)))]
            if len(period) == 2 and _absolute(period[0]) and _absolute(period[1]):
                period.pop()
            event["period"] = period[0] if len(period) == 1 else period
        if random.random() < 0.2:
            nth = {
                "nth": random.randint(1, 2),
                "from": random.choice(("first", "last")),
                "inPeriod": random.random() < 0.5,
            }
            event["pick"] = random.choice(("first", "last", nth))
        if random.random() < 0.25:
            event["count"] = {
                "op": random.choice(("ge", "ge", "gt", "le", "lt", "eq")),
                "n": random.randint(0, 3),
            }
            if random.random() < 0.4:
                event["count"]["distinct"] = "day"
            if event["count"]["op"] in ("ge", "gt") and random.random() < 0.5:
                event["gap"] = random.choice(({"max": "P90D"}, {"min": "P1M"}, {"min": "P10D", "max": "P1Y"}))
        if random.random() < 0.2:
            event["onMissingDate"] = random.choice(("flag", "exclude", "include"))
        return event

    def _period(self) -> dict[str, Any]:
        random = self.random
        if self.events and random.random() < 0.5:
            name = random.choice(tuple(self.events))
            return random.choice(
                (
                    {"before": name},
                    {"after": name, "within": random.choice(("P90D", "P1Y"))},
                    {"before": name, "within": "P6M"},
                    {"after": name, "atLeast": "P1M"},
                    {"around": name, "within": random.choice(("P30D", "P2M"))},
                    {"during": name},
                    {"same": "day", "as": name},
                    {"same": "encounter", "as": name},
                )
            )
        return random.choice(
            (
                {"within": random.choice(("P1Y", "P18M", "P200D")), "before": "asOf"},
                {"before": "asOf", "atLeast": "P6M"},
                {"start": "2025", "end": "2026-03"},
                {"start": "2025-02-10"},
                {"after": "2025-01-15", "within": "P1Y"},
                {"around": "2025-06-30", "within": "P100D"},
            )
        )


def _absolute(period: dict[str, Any]) -> bool:
    anchors = [period.get(each) for each in ("before", "after", "around", "during", "as")]
    return not any(each in ("a", "b", "c") for each in anchors)


def _coding(code: str, system: str) -> dict[str, Any]:
    return {"system": system, "code": code}


def _disease(random: Random) -> dict[str, Any]:
    code = _coding(random.choice(DISEASES), SNOMED) | ({"descendants": True} if random.random() < 0.5 else {})
    event: dict[str, Any] = {"codes": [code]} if random.random() < 0.8 else {}
    if random.random() < 0.3:
        event["verification"] = random.choice((["confirmed"], ["confirmed", "provisional"], ["refuted"]))
    if random.random() < 0.2:
        event["date"] = random.choice(("onset", "onset|recordedDate", "recordedDate"))
    return event


def _result(random: Random) -> dict[str, Any]:
    code = random.choice((CREATININE, CREATININE, GLUCOSE, SYSTOLIC, SMOKING))
    event: dict[str, Any] = {"codes": [_coding(code, LOINC)]}
    if random.random() < 0.25:
        return event
    if code == SMOKING:
        return event | {
            "value": {"op": "in", "codes": [_coding(random.choice((SMOKER, NEVER_SMOKED)), SNOMED)]}
        }
    if random.random() < 0.2:
        return event | {"value": {"op": random.choice(("abnormal", "high", "low", "normal"))}}
    op = random.choice(("gt", "ge", "lt", "le", "eq", "ne", "between"))
    number, unit = {
        CREATININE: (random.choice((1.2, 1.5)), random.choice(("mg/dL", "umol/L"))),
        GLUCOSE: (126, "mg/dL"),
        SYSTOLIC: (140, "mm[Hg]"),
    }[code]
    number = round(number * 88.4, 1) if unit == "umol/L" else number
    value: dict[str, Any] = {
        "op": op,
        "value": [number, number * 1.3] if op == "between" else number,
        "unit": unit,
    }
    return event | {"value": value}


def _pictures(random: Random) -> dict[str, Any]:
    event: dict[str, Any] = {"modality": [random.choice(("CT", "MR"))]} if random.random() < 0.7 else {}
    if random.random() < 0.6:
        choices: tuple[dict[str, Any], ...] = (
            {"sliceThickness": {"op": random.choice(("le", "lt", "ge")), "value": 1.5}},
            {"contrast": random.choice((True, False, "unknown"))},
            {"manufacturer": random.choice(("acme", "Borealis"))},
            {"protocol": "chest"},
            {"seriesDescription": "thin"},
            {"fieldStrength": {"op": "eq", "value": 3}},
        )
        for each in random.sample(choices, random.randint(1, 2)):
            event |= each
        if random.random() < 0.3:
            event["level"] = "study"
    return event


def _report(random: Random) -> dict[str, Any]:
    if random.random() < 0.3:
        return {}
    asked: dict[str, Any] = {
        random.choice(("any", "all", "none")): random.sample(WORDS, random.randint(1, 2))
    }
    if random.random() < 0.6:
        asked["assertion"] = random.choice(("affirmed", "negated", "uncertain", "any"))
    return {"text": asked}


_EVENTS: dict[str, Any] = {
    "condition": _disease,
    "observation": _result,
    "medication": lambda random: (
        {"codes": [_coding(random.choice(DRUGS), RXNORM)]} if random.random() < 0.7 else {}
    ),
    "procedure": lambda random: (
        {"codes": [_coding(random.choice(OPERATIONS), SNOMED)]} if random.random() < 0.7 else {}
    ),
    "encounter": lambda random: (
        {"class": [random.choice(("IMP", "EMER", "AMB"))]} if random.random() < 0.7 else {}
    ),
    "allergy": lambda random: {"codes": [_coding("91936005", SNOMED)]} if random.random() < 0.7 else {},
    "imaging": _pictures,
    "report": _report,
}
