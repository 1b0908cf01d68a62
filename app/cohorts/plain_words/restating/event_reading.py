"""Reads what restatements tell of events: their codes, filters, results, times, and how many."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.linking.coding import BUT_NOT, CodeLinker, JsonObject, name_without, put_set
from app.cohorts.plain_words.restating import templates as said
from app.cohorts.plain_words.restating.naming import LexiconNames, codes_in
from app.cohorts.plain_words.restating.pieces import NotRestated, detailed, inside, is_name, measured, raw
from app.cohorts.plain_words.restating.spans import duration_in
from app.cohorts.plain_words.restating.templates import parts

_NUMBERED = re.compile(r"(.+) \((\d+)\)")
_KINDS_OF_SITES = "bodySite"


@dataclass(slots=True)
class EventReader:
    """Reads the events of one restatement, and the concept sets that they name."""

    language: str
    names: LexiconNames
    linker: CodeLinker
    sets: dict[str, JsonObject] = field(default_factory=dict)

    def event(self, text: str) -> tuple[str, JsonObject]:
        """The kind and the rest of an event.

        Raises `NotRestated` where it is none.
        """
        head, details = detailed(text)
        for kind, template in said.KINDS.items():
            words = template.write(self.language)
            if head != words and not head.startswith(f"{words} "):
                continue
            event: JsonObject = {}
            if head != words:
                event["codes"] = self._codes(head[len(words) + 1 :], kind)
            for detail in details:
                self._detail(detail, kind, event)
            return kind, event
        raise NotRestated(text)

    def _codes(self, text: str, kind: str) -> JsonObject | list[JsonObject]:
        """Codes: a named set of the lexicon, or codes one by one."""
        whole, but, others = inside(text).partition(BUT_NOT[self.language])
        if but and not text.startswith("⟨"):
            return self._without(whole, others, kind)
        found = said.EXCEPT.read(self.language, text)
        if found is not None:
            return {
                "include": codes_in(inside(found["codes"])),
                "exclude": codes_in(inside(found["others"])),
            }
        if text.startswith("⟨"):
            return codes_in(inside(text))
        numbered = _NUMBERED.fullmatch(inside(text))
        rows = self.names.rows(numbered[1] if numbered else inside(text), self.language)
        return self._set(rows, kind, int(numbered[2]) if numbered else 1)

    def _without(self, whole: str, others: str, kind: str) -> JsonObject:
        """A named set without another."""
        rows, out = (self.names.rows(each, self.language) for each in (whole, others))
        made = self.linker.without(self.linker.concept_set(rows, kind), rows, out)
        if made is None:
            raise NotRestated(whole)
        return put_set(self.sets, name_without(rows, out), made)

    def _set(self, rows: tuple[LexiconRow, ...], kind: str, number: int) -> JsonObject:
        state = next((row for row in rows if row.meaning), None)
        if state is not None:
            meaning = [each for each in state.meaning if each.event == kind][number - 1]
            return put_set(self.sets, state.id, self.linker.meant(state, meaning))
        return put_set(self.sets, "-or-".join(row.id for row in rows), self.linker.concept_set(rows, kind))

    def _detail(self, text: str, kind: str, event: JsonObject) -> None:
        for read in _READERS:
            if read(self, text, kind, event):
                return
        raise NotRestated(text)

    def _plain(self, text: str, kind: str, event: JsonObject) -> bool:
        for table, convert in (
            (
                said.CODED,
                lambda name, found: self._codes(
                    found["codes"], _KINDS_OF_SITES if name == "bodySite" else "condition"
                ),
            ),
            (said.LISTED, lambda name, found: found["what"].split(", ")),
            (said.TEXTS, lambda name, found: inside(found["text"])),
            (said.PLAIN, lambda name, found: found["text"]),
        ):
            for name, template in table.items():
                found = template.read(self.language, text)
                if found is not None and _has(name, kind) and _is_fit(table, found):
                    event[name] = convert(name, found)
                    return True
        return False

    def _numbers(self, text: str, kind: str, event: JsonObject) -> bool:
        for name, (template, unit) in said.NUMBERS.items():
            found = template.read(self.language, text)
            if found is not None and kind == "imaging" and not found["value"].endswith("”"):
                value = self._compared(found["value"])
                if unit and value.pop("unit", "") != unit:
                    raise NotRestated(text)
                event[name] = value
                return True
        return False

    def _value(self, text: str, kind: str, event: JsonObject) -> bool:
        found = said.VALUE.read(self.language, text)
        if found is None or kind not in ("observation", "dose"):
            return False
        event["value"] = self._compared(found["value"])
        return True

    def _compared(self, text: str) -> JsonObject:
        for op, template in said.GRADES.items():
            if template.write(self.language) == text:
                return {"op": op}
        one_of = said.ONE_OF.read(self.language, text)
        if one_of is not None:
            return {"op": "in", "codes": self._codes(one_of["codes"], "observation")}
        for op in ("between", "eq", "ne", "gt", "ge", "lt", "le"):
            found = said.COMPARED[op].read(self.language, text)
            if found is None:
                continue
            number, unit = measured(found["value"])
            if op == "between":
                other, unit = measured(found["other"])
                return {"op": op, "value": [number, other]} | ({"unit": unit} if unit else {})
            return {"op": op, "value": number} | ({"unit": unit} if unit else {})
        raise NotRestated(text)

    def _contrast(self, text: str, kind: str, event: JsonObject) -> bool:
        for value, template in said.CONTRASTS:
            if template.write(self.language) == text and kind == "imaging":
                event["contrast"] = value
                return True
        return False

    def _counted(self, text: str, kind: str, event: JsonObject) -> bool:
        if text == said.NEVER.write(self.language):
            event["count"] = {"op": "eq", "n": 0}
            return True
        on_days = said.ON_DAYS.read(self.language, text)
        words = on_days["count"] if on_days else text
        for op, template in said.COUNTS.items():
            found = template.read(self.language, words)
            if found is not None and found["n"].isdigit():
                event["count"] = {"op": op, "n": int(found["n"])} | ({"distinct": "day"} if on_days else {})
                return True
        for name, template in said.GAPS.items():
            found = template.read(self.language, text)
            if found is not None:
                event.setdefault("gap", {})[name] = duration_in(found["gap"], self.language)
                return True
        return False

    def _picked(self, text: str, kind: str, event: JsonObject) -> bool:
        within = said.IN_PERIOD.read(self.language, text)
        words = within["pick"] if within else text
        found: Any = None
        for side, one in (("first", said.FIRST), ("last", said.LAST)):
            numbered = said.PICKS[side].read(self.language, words)
            if words == one.write(self.language):
                found = {"nth": 1, "from": side} if within else side
            elif numbered is not None and numbered["n"].isdigit():
                found = {"nth": int(numbered["n"]), "from": side}
        if found is None:
            return False
        event["pick"] = {**found, "inPeriod": True} if within else found
        return True

    def _when(self, text: str, kind: str, event: JsonObject) -> bool:
        try:
            period = self.period(text)
        except ValueError:
            return False
        if "period" not in event:
            event["period"] = period
        else:
            before = event["period"]
            event["period"] = [*(before if isinstance(before, list) else [before]), period]
        return True

    def period(self, text: str) -> JsonObject:
        """One period.

        Raises `NotRestated` where it is none.
        """
        for what, template in said.SAMES.items():
            found = template.read(self.language, text)
            if found is not None and is_name(found["as"]):
                return {"same": what, "as": found["as"]}
        both = said.BOTH_PERIODS.read(self.language, text)
        if both is not None:
            return self.period(both["one"]) | self.period(both["other"])
        for _, template in said.PERIODS:
            found = template.read(self.language, text)
            if found is None:
                continue
            try:
                return {name: self._moment(name, value) for name, value in found.items()}
            except ValueError:
                continue
        raise NotRestated(text)

    def _moment(self, name: str, text: str) -> str:
        if name in ("within", "atLeast"):
            return duration_in(text, self.language)
        if text == said.DAY.write(self.language):
            return "asOf"
        if not is_name(text) and not text.replace("-", "").isdigit():
            raise NotRestated(text)
        return text

    def _tag(self, text: str, kind: str, event: JsonObject) -> bool:
        for op, template in said.TAGS.items():
            found = template.read(self.language, text)
            if found is None or kind != "imaging" or " " in found["tag"]:
                continue
            values = [raw(each) for each in parts(found["value"], ", ")]
            value = (
                [values[0], raw(found["other"])] if op == "between" else values if op == "in" else values[0]
            )
            event.setdefault("tags", []).append({"tag": found["tag"], "op": op, "value": value})
            return True
        return False

    def _told(self, text: str, kind: str, event: JsonObject) -> bool:
        if kind != "report":
            return False
        for name, template in said.WORDS.items():
            found = template.read(self.language, text)
            if found is not None:
                event.setdefault("text", {})[name] = [inside(each) for each in parts(found["words"], ", ")]
                return True
        for key, table in (("section", said.SECTIONS), ("assertion", said.ASSERTIONS)):
            for name, template in table.items():
                if template.write(self.language) == text:
                    event.setdefault("text", {})[key] = name
                    return True
        return False


_READERS: tuple[Callable[[EventReader, str, str, JsonObject], bool], ...] = (
    EventReader._told,
    EventReader._value,
    EventReader._counted,
    EventReader._picked,
    EventReader._contrast,
    EventReader._numbers,
    EventReader._tag,
    EventReader._when,
    EventReader._plain,
)
_ONLY_OF: Mapping[str, tuple[str, ...]] = {
    "modality": ("imaging",),
    "laterality": ("imaging",),
    "bodySite": ("imaging", "condition"),
    "severity": ("condition",),
    "reason": ("encounter",),
    "class": ("encounter",),
    "intent": ("medication",),
    "relationship": ("familyHistory",),
    "criticality": ("allergy",),
    "measure": ("dose",),
    "level": ("imaging",),
    "resource": ("medication",),
    "station": ("imaging",),
    "protocol": ("imaging",),
    "description": ("imaging",),
    "seriesDescription": ("imaging",),
    "manufacturer": ("imaging", "device"),
    "model": ("imaging", "device"),
}


def _has(name: str, kind: str) -> bool:
    return kind in _ONLY_OF.get(name, (kind,))


def _is_fit(table: object, found: Mapping[str, str]) -> bool:
    """Whether what was found is what such a detail holds: codes or a quotation where there must be some."""
    (text,) = found.values()
    quoted = text.startswith(("“", "⟨"))
    return quoted if table in (said.CODED, said.TEXTS) else not quoted
