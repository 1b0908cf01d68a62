"""Cohort questions on a page: the question that a few fields make, and the conditions of one in words."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from app.cohorts.schemas import NODE_KEYS
from app.http.kit.languages import gettext, language, marked, ngettext
from app.samples.answer import question

QuestionPart: TypeAlias = Mapping[str, Any]
"""A question as JSON, or a part of one."""


class SavedQuestion(NamedTuple):
    """A question that is ready to be asked, and what it is called."""

    label: str
    raw: Mapping[str, Any]


def _saved(label: str, condition: Mapping[str, Any]) -> SavedQuestion:
    return SavedQuestion(label, {"version": "1", "population": condition, "output": {"count": True}})


EXAMPLE = {name: each for name, each in question(date.min).items() if name != "asOf"}  # as of today
"""The question of the sample data."""
SAVED: Mapping[str, SavedQuestion] = {
    "pictures": _saved(marked("patients with pictures"), {"imaging": {}}),
    "ct": _saved(marked("patients with a CT"), {"imaging": {"modality": ["CT"]}}),
    "mr": _saved(marked("patients with an MR"), {"imaging": {"modality": ["MR"]}}),
    "diagnosis": _saved(marked("patients with a diagnosis"), {"condition": {}}),
    "example": SavedQuestion(marked("the example: osteosarcoma in two years, over 45, a CT"), EXAMPLE),
}
"""What is asked often, by its name in a form."""
CODE_SYSTEMS: Mapping[str, str] = {
    "http://snomed.info/sct": "SNOMED CT",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "urn:oid:2.16.840.1.113883.6.43.1": "ICD-O-3",
}
MODALITIES = ("CT", "MR", "US", "CR", "DX", "MG", "NM", "PT", "XA", "SM")
SEXES: Mapping[str, str] = {"female": marked("women"), "male": marked("men")}
FIELDS = ("system", "code", "years", "sex", "youngest", "oldest", "modality")
_AGES: Mapping[str, str] = {
    "gt": marked("older than %(age)s %(unit)s"),
    "ge": marked("%(age)s %(unit)s or older"),
    "lt": marked("younger than %(age)s %(unit)s"),
    "le": marked("at most %(age)s %(unit)s old"),
    "between": marked("from %(age)s to %(last)s %(unit)s"),
}
_UNITS: Mapping[str, str] = {
    "a": marked("years"),
    "mo": marked("months"),
    "wk": marked("weeks"),
    "d": marked("days"),
}
_DURATION = re.compile(r"P(\d+)([YMWD])", re.ASCII)
_WITHIN: Mapping[str, str] = {
    "before": marked("within %(within)s before %(before)s"),
    "after": marked("within %(within)s after %(after)s"),
}
_ENDS: Mapping[str, str] = {
    "start": marked("from %(start)s"),
    "end": marked("until %(end)s"),
    "before": marked("before %(before)s"),
    "after": marked("after %(after)s"),
}
_EVENTS: Mapping[str, str] = {
    "condition": marked("diagnosis: %(what)s"),
    "medication": marked("drug: %(what)s"),
    "imaging": marked("pictures: %(what)s"),
    "report": marked("report: %(what)s"),
}
_SEX: Mapping[str, str] = {**SEXES, "other": marked("other sex"), "unknown": marked("sex not known")}
_JOINED = {"all": marked("all of: %(what)s"), "any": marked("any of: %(what)s")}
_OLDEST = 150


def question_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """The question that the fields of the form make; a field that is empty asks for nothing."""
    conditions = [*_ages(typed), *_sexes(typed), *_diagnoses(typed), *_pictures(typed)]
    return {
        "version": "1",
        "population": {"all": conditions or [{"age": {"op": "ge", "value": 0}}]},
        "output": {"count": True},
    }


def _ages(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    ends = (("ge", typed["youngest"]), ("le", typed["oldest"]))
    return [{"age": {"op": op, "value": _number(text)}} for op, text in ends if text]


def _sexes(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"sex": {"op": "eq", "value": typed["sex"]}}] if typed["sex"] else []


def _diagnoses(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    if not typed["code"]:
        return []
    code = {"system": typed["system"], "code": typed["code"], "descendants": True}
    event: dict[str, Any] = {"codes": [code]}
    if typed["years"]:
        event["period"] = {"within": f"P{_number(typed['years'])}Y", "before": "asOf"}
    return [{"condition": event}]


def _pictures(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"imaging": {"modality": [typed["modality"]]}}] if typed["modality"] else []


def _number(text: str) -> int | str:
    """A whole number; what is none stays as it is, and is refused where the question is read."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_OLDEST)) else text


def in_words(condition: QuestionPart, question: QuestionPart) -> str:
    """A condition of a question that was answered, in the language of the page."""
    (key,) = condition.keys() & set(NODE_KEYS)
    return _WORDS.get(key, _event_words)(key, condition[key], question)


def _junction(key: str, value: Any, question: QuestionPart) -> str:
    return gettext(_JOINED[key]) % {"what": _joined(value, question)}


def _at_least(_: str, value: QuestionPart, question: QuestionPart) -> str:
    text = gettext("at least %(number)s of: %(what)s")
    return text % {"number": value["n"], "what": _joined(value["of"], question)}


def _negated(_: str, value: QuestionPart, question: QuestionPart) -> str:
    return gettext("not: %(what)s") % {"what": in_words(value, question)}


def _sex_words(_: str, value: QuestionPart, question: QuestionPart) -> str:
    values = value["value"] if isinstance(value["value"], list) else [value["value"]]
    said = ", ".join(gettext(_SEX[each]) for each in values)
    return gettext("not: %(what)s") % {"what": said} if value["op"] == "ne" else said


def _deceased(_: str, value: Any, question: QuestionPart) -> str:
    return gettext("has died") if value else gettext("is alive")


def _exists(_: str, value: Any, question: QuestionPart) -> str:
    event = question["events"][value] if isinstance(value, str) else value
    return _event_words(event["kind"], event, question)


def _joined(conditions: list[QuestionPart], question: QuestionPart) -> str:
    return "; ".join(in_words(each, question) for each in conditions)


def _age_words(_: str, age: QuestionPart, question: QuestionPart) -> str:
    first, last = age["value"] if age["op"] == "between" else (age["value"], "")
    unit = gettext(_UNITS[age.get("unit", "a")])
    return gettext(_AGES[age["op"]]) % {"age": first, "last": last, "unit": unit}


def _event_words(kind: str, event: QuestionPart, question: QuestionPart) -> str:
    what = [*event.get("modality", ()), *_names(event.get("codes", ()), question)] or [gettext("any")]
    said = gettext(_EVENTS[kind]) % {"what": ", ".join(what)}
    period = _period_words(event.get("period", {}))
    return f"{said} ({period})" if period else said


def _period_words(period: QuestionPart) -> str:
    """When an event has to be; empty where that is no matter."""
    named = {name: _day_words(str(value)) for name, value in period.items()} | {
        "within": _span_words(str(period.get("within", "")))
    }
    said = (_WITHIN if period.get("within") else _ENDS).items()
    return ", ".join(gettext(words) % named for name, words in said if name in period)


def _day_words(day: str) -> str:
    return gettext("the day of the question") if day == "asOf" else day


def _span_words(duration: str) -> str:
    """A duration as `2 years`, as far as it is of one unit; else as it is written."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return duration
    number = int(found[1])
    spans = {
        "Y": ngettext("%(num)s year", "%(num)s years", number),
        "M": ngettext("%(num)s month", "%(num)s months", number),
        "W": ngettext("%(num)s week", "%(num)s weeks", number),
        "D": ngettext("%(num)s day", "%(num)s days", number),
    }
    return spans[found[2]] % {"num": number}


def _names(codes: Any, question: QuestionPart) -> list[str]:
    """What the codes of an event are called: the name of their set, else the codes."""
    found, name = codes, ""
    if isinstance(codes, dict):
        name = codes.get("set", "")
        found = question["conceptSets"][name] if name else codes
        display = found.get("display")
        shown = (
            display.get(language(), next(iter(display.values()), ""))
            if isinstance(display, dict)
            else display
        )
        if shown:
            return [str(shown)]
        found = found["include"]
    return [str(each.get("display") or each["code"]) for each in found]


_WORDS: Mapping[str, Callable[[str, Any, QuestionPart], str]] = {
    "all": _junction,
    "any": _junction,
    "atLeast": _at_least,
    "not": _negated,
    "age": _age_words,
    "sex": _sex_words,
    "deceased": _deceased,
    "exists": _exists,
}
