"""Data sets of workitems for tests, by keyword."""

from typing import Any
from uuid import uuid4

from pydicom.datadict import dictionary_VR, tag_for_keyword

from app.samples.workitem import workitem_to_create

DataSet = dict[str, Any]


def new_uid() -> str:
    """A UID that nothing has."""
    return f"2.25.{uuid4().int}"


def tag(keyword: str) -> str:
    """The tag of a keyword, as the JSON model has it."""
    return f"{tag_for_keyword(keyword):08X}"


def element(keyword: str, *values: Any) -> DataSet:
    """An element of an attribute; items of sequences are given by keyword."""
    vr = dictionary_VR(tag(keyword)).partition(" ")[0]
    made = [dataset(**each) if vr == "SQ" else name(each) if vr == "PN" else each for each in values]
    return {"vr": vr, "Value": made} if made else {"vr": vr}


def name(text: str) -> dict[str, str]:
    """A name of groups that equals signs part."""
    groups = zip(("Alphabetic", "Ideographic", "Phonetic"), text.split("="), strict=False)
    return {group: value for group, value in groups if value}


def dataset(**attributes: Any) -> DataSet:
    """A data set of attributes by keyword: a value, several as a tuple, () for an empty one."""
    listed = {name: each if isinstance(each, tuple) else (each,) for name, each in attributes.items()}
    return {tag(name): element(name, *values) for name, values in listed.items()}


def code(value: str, scheme: str = "99TEST", meaning: str = "a code") -> DataSet:
    """An item of a code sequence, by keyword."""
    return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}


def workitem(*without: str, **attributes: Any) -> DataSet:
    """A complete workitem to create, with these attributes, and without some."""
    (whole,) = workitem_to_create()
    made = {**whole, **dataset(**attributes)}
    for name in without:
        made.pop(tag(name), None)
    return made


def performed() -> DataSet:
    """What a workitem says once it was done."""
    item = {
        "PerformedStationNameCodeSequence": (code("READ-1"),),
        "PerformedWorkitemCodeSequence": (code("110005", "DCM", "Interpretation"),),
        "PerformedProcedureStepStartDateTime": "20261122090000",
        "PerformedProcedureStepEndDateTime": "20261122091500",
        "OutputInformationSequence": (),
    }
    return dataset(UnifiedProcedureStepPerformedProcedureSequence=(item,))
