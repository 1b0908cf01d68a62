"""Encounters, operations and what was put into the body."""

import re

from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.modalities import modalities_in
from app.records.glance.words import all_words, each_in, label_of, references_in, wording_of

_DONE = frozenset({"completed", "in-progress", "stopped", "unknown", None})
_SMALL = re.compile(
    r"reconciliation|assessment|screening|questionnaire|counsel|education|vaccin"
    r"|immuni[sz]|review|documentation|상담|교육",
    re.IGNORECASE,
)
_CLASSES = {
    "AMB": "outpatient",
    "IMP": "inpatient",
    "EMER": "emergency",
    "ACUTE": "inpatient",
    "SS": "short stay",
    "VR": "virtual",
    "HH": "home",
}


def encounters(chart: PatientChart) -> list[Told]:
    """The encounters, the newest first."""
    return [
        each.entry(
            label=wording_of(each.body.get("type"))
            or wording_of(each.body.get("serviceType"))
            or _class(each),
            setting=_class(each),
            reason=all_words(each.body.get("reasonCode")),
            place=wording_of(each.body.get("serviceProvider")),
        )
        for each in chart.of("Encounter")
        if each.body.get("status") != "cancelled"
    ]


def _class(item: ChartItem) -> str:
    code = str(next((each.get("code", "") for each in each_in(item.body.get("class"))), ""))
    return _CLASSES.get(code, wording_of(item.body.get("class")) or code)


def operations(chart: PatientChart) -> list[Told]:
    """What was done to the patient, the newest first; neither pictures nor talk."""
    return [
        each.entry(site=all_words(each.body.get("bodySite")), outcome=wording_of(each.body.get("outcome")))
        for each in chart.of("Procedure")
        if each.body.get("status") in _DONE and _is_operation(each)
    ]


def _is_operation(item: ChartItem) -> bool:
    words = f"{label_of(item.body)} {all_words(item.body.get('category'))}"
    return not (_SMALL.search(words) or modalities_in(label_of(item.body)))


def implants(chart: PatientChart) -> list[Told]:
    """What is in the patient, or was: devices, and what operations left."""
    used = {
        ref: each for each in chart.of("DeviceUseStatement") for ref in references_in(each.body.get("device"))
    }
    told = [
        each.entry(
            label=device_words(each) or label_of(each.body),
            site=all_words(used[each.reference].body.get("bodySite")) if each.reference in used else None,
        )
        for each in chart.of("Device")
    ]
    known = {each["reference"] for each in told}
    told += [
        each.entry(
            label=chart.label(reference) or label_of(each.body), site=all_words(each.body.get("bodySite"))
        )
        for reference, each in used.items()
        if reference not in known
    ]
    return told


def device_words(item: ChartItem) -> str:
    """The words for a device, each once: its type, its names, its model."""
    names = (str(each.get("name", "")) for each in each_in(item.body.get("deviceName")))
    more = (str(item.body.get(name) or "") for name in ("modelNumber", "manufacturer"))
    kinds = (wording_of(each) for each in each_in(item.body.get("type")))
    return ", ".join(dict.fromkeys(filter(None, (*kinds, *names, *more))))
