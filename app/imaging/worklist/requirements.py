"""What a request must and must not say of a workitem, by the table of its attributes (PS3.4 CC.2.5-3)."""

from collections.abc import Mapping
from typing import Any

from app.imaging.store.charsets import codecs_of
from app.imaging.worklist.data_sets import name_of
from fhir_profiles.mapping.workitem_attributes import BY_TAG, CODES, TABLE, Sending, listed, said
from graph.errors import Invalid

PUSH = "1.2.840.10008.5.1.4.34.6.1"
"""The SOP class of every workitem."""
_CODE_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")
_CODE_SEQUENCE = "CodeSequence"
_SCHEDULED = "SCHEDULED"
_CHARACTER_SETS = "00080005"
_PROGRESS = "00741004"
_MOST_PERCENT = 100
MODIFIED = "The Workitem was created with modifications."


def complete(dataset: Mapping[str, Any], uid: str, when: str) -> tuple[dict[str, Any], str | None]:
    """A workitem to create, complete, and a warning of what was added; `when` is the moment as a DT.

    What may be empty and is not there is added empty. Raises `Invalid` with the attribute that lacks, that
    may not be there, or whose value is none of its own.
    """
    _require(dataset, creating=True)
    _check_values(dataset, "")
    if said(dataset, "ProcedureStepState") != _SCHEDULED:
        raise Invalid("a workitem is created in the state SCHEDULED (C309)", location="ProcedureStepState")
    if said(dataset, "SOPClassUID") not in ("", PUSH):
        raise Invalid(f"the SOP class of a workitem is {PUSH}", location="SOPClassUID")
    empty = {each.tag: {"vr": each.vr} for each in TABLE if each.create in (Sending.THERE, Sending.EMPTY)}
    own = {
        "00080016": {"vr": "UI", "Value": [PUSH]},
        "00080018": {"vr": "UI", "Value": [uid]},
        "00404010": {"vr": "DT", "Value": [when]},
    }
    whole = empty | dict(dataset) | own
    whole.pop("00081195", None)
    added = [tag for tag in empty if tag not in dataset and BY_TAG[tag].create is Sending.THERE]
    return dict(sorted(whole.items())), MODIFIED if added else None


def check_update(changes: Mapping[str, Any]) -> None:
    """Check what is to be changed of a workitem.

    Raises `Invalid` with an attribute that may not be changed, or whose value is none of its own.
    """
    _require(changes, creating=False)
    _check_values(changes, "")


def _require(dataset: Mapping[str, Any], *, creating: bool) -> None:
    for each in TABLE:
        sending = each.create if creating else each.update
        there, valued = each.tag in dataset, bool(listed(dataset, each.keyword))
        if sending is Sending.VALUE and not valued:
            raise Invalid(f"{each.keyword} is required", location=each.keyword)
        if sending is Sending.EMPTY and valued:
            raise Invalid(f"{each.keyword} is empty when a workitem is created", location=each.keyword)
        if sending is Sending.NOT and there:
            raise Invalid(f"{each.keyword} cannot be changed by an update", location=each.keyword)
        if sending is Sending.VALUED and there and not valued:
            raise Invalid(f"{each.keyword} cannot be emptied", location=each.keyword)


def _check_values(dataset: Mapping[str, Any], place: str) -> None:
    """Values that are enumerated, and items of code sequences (PS3.3 table 8.8-1), at every level."""
    for tag, element in dataset.items():
        name = f"{place}{name_of(tag)}"
        values = element.get("Value", ())
        allowed = CODES.get(tag)
        if allowed and any(each not in allowed for each in values):
            raise Invalid(f"{name} is one of {', '.join(sorted(allowed))}", location=name)
        if tag == _PROGRESS and not all(0 <= float(each or 0) <= _MOST_PERCENT for each in values):
            raise Invalid("progress is told in percent, from 0 to 100", location=name)
        if tag == _CHARACTER_SETS and not codecs_of([each or "" for each in values])[1]:
            raise Invalid(f"{name} has a term that PS3.3 C.12.1.1.2 does not define", location=name)
        if element["vr"] != "SQ":
            continue
        for at, item in enumerate(values):
            where = f"{name}[{at}]"
            if name.endswith(_CODE_SEQUENCE):
                _check_code(item, where)
            _check_values(item, f"{where}.")


def _check_code(item: Mapping[str, Any], place: str) -> None:
    values = [keyword for keyword in _CODE_VALUES if listed(item, keyword)]
    if not values:
        raise Invalid("a code has a CodeValue, LongCodeValue or URNCodeValue", location=f"{place}.CodeValue")
    if "URNCodeValue" not in values and not listed(item, "CodingSchemeDesignator"):
        where = f"{place}.CodingSchemeDesignator"
        raise Invalid("a code has the designator of its coding scheme", location=where)
    if not listed(item, "CodeMeaning"):
        raise Invalid("a code has its meaning", location=f"{place}.CodeMeaning")
