"""What has to be known before contrast is given or a magnet is entered."""

import re
from datetime import date

from app.records.glance.care import device_words
from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.labs import CREATININE, EGFR, measured
from app.records.glance.words import all_words, codes_in, each_in, label_of, wording_of

_CONTRAST = re.compile(
    r"contrast|iod(?:ine|inated)|io(?:hexol|pamidol|dixanol|promide|versol|meprol"
    r"|bitridol)|gado\w+|gadolinium|조영제|요오드|가돌리늄",
    re.IGNORECASE,
)
_NO_ALLERGY = frozenset({"inactive", "resolved", "refuted", "entered-in-error"})
_METFORMIN = re.compile(r"metformin|glucophage|메트포르민|메트포민", re.IGNORECASE)
_MAGNET = re.compile(
    r"pace ?maker|defibrillator|\bICD\b(?!-)|\bCRT-?[DP]\b|cochlear|neuro-?stimulat"
    r"|\bDBS\b|deep brain|vagus nerve|aneurysm clip|insulin pump"
    r"|infusion pump|loop recorder|metal(?:lic)? foreign|shrapnel|bullet|tissue expander"
    r"|swan-?ganz|programmable shunt|stapes|magnetic"
    r"|심박\s*(?:동기|조율)|제세동기|인공\s*와우|신경\s*자극|동맥류\s*클립|인슐린\s*펌프|금속\s*이물",
    re.IGNORECASE,
)
_MAY_BE_SAFE = re.compile(
    r"MR[ -]?(?:conditional|safe)|MRI[ -]?(?:compatible|conditional|safe)|MR\s*(?:적합|가능)", re.IGNORECASE
)
_SAFE, _CONDITIONAL = "C106045", "C106046"
_OF_MAGNETS = frozenset({_SAFE, _CONDITIONAL, "C106047", "C113844"})
"""What a device says of MR (FHIR R4 ValueSet device-safety): these two, unsafe, or that nobody says."""
_PREGNANCY = frozenset({"82810-3", "11449-6", "2106-3", "2110-5", "80384-1", "2118-8"})
_PREGNANT = frozenset({"77386006", "LA15173-0", "10828004", "LA6576-8"})
_NOT_PREGNANT = frozenset({"60001007", "LA26683-5", "260385009", "LA6577-6"})
_PREGNANCY_LASTS = 300  # days after which a positive answer says nothing of today
_FERTILE = range(10, 56)
_MICROMOLES = 88.42  # µmol/L of a mg/dL of creatinine


def safety(chart: PatientChart) -> Told:
    """The allergies, the kidneys, pregnancy, metformin, and what is in the way of a magnet."""
    return {
        "contrastAllergies": [each for each in _allergies(chart) if each.pop("contrast")],
        "allergies": [each for each in _allergies(chart) if not each.pop("contrast")],
        "egfr": _latest(chart, EGFR) or _computed(chart),
        "creatinine": _latest(chart, CREATININE),
        "pregnancy": _pregnancy(chart),
        "metformin": _metformin(chart),
        "magnet": _magnet(chart),
    }


def _allergies(chart: PatientChart) -> list[Told]:
    found = list[Told]()
    for each in chart.of("AllergyIntolerance"):
        state = codes_in(each.body.get("clinicalStatus")) | codes_in(each.body.get("verificationStatus"))
        if state & _NO_ALLERGY:
            continue
        reactions = [each_in(each.body.get("reaction"))]
        substances = " ".join(all_words(reaction.get("substance")) for reaction in reactions[0])
        shown = [wording_of(reaction.get("manifestation")) for reaction in each_in(each.body.get("reaction"))]
        words = f"{all_words(each.body.get('code'))} {substances}"
        told = each.entry(criticality=each.body.get("criticality"), reactions=list(filter(None, shown)))
        found.append({**told, "contrast": bool(_CONTRAST.search(words))})
    return found


def _latest(chart: PatientChart, codes: frozenset[str]) -> Told | None:
    """The newest value of an analyte; None where there is none."""
    for each in chart.observed(codes):
        if value := measured(each):
            return each.entry(**value, daysAgo=chart.days_since(each))
    return None


def _computed(chart: PatientChart) -> Told | None:
    """The eGFR by the newest creatinine (CKD-EPI 2021); None where a part of the formula is not known."""
    found, age = _latest(chart, CREATININE), age_of(chart)
    female = {"female": True, "male": False}.get(str(chart.patient.get("gender")))
    if found is None or female is None or age is None or age < 18:  # noqa: PLR2004 - of adults only
        return None
    value = found["value"] / (_MICROMOLES if "mol" in str(found.get("unit", "")).lower() else 1)
    if value <= 0:
        return None
    share = value / (0.7 if female else 0.9)
    slope = -0.241 if female else -0.302
    rate = 142 * min(share, 1) ** slope * max(share, 1) ** -1.2 * 0.9938**age * (1.012 if female else 1)
    return {**found, "value": round(rate), "unit": "mL/min/1.73 m2", "computed": "CKD-EPI 2021"}


def age_of(chart: PatientChart) -> int | None:
    """The age in whole years, at the day of the chart or of death; None where it is not known."""
    born = str(chart.patient.get("birthDate", ""))
    died = str(chart.patient.get("deceasedDateTime", ""))
    try:
        birth = date.fromisoformat(f"{born}-01-01"[:10] if len(born) == 4 else f"{born}-01"[:10])  # noqa: PLR2004 - a year
        until = date.fromisoformat(died[:10]) if died else chart.as_of
    except ValueError:
        return None
    return until.year - birth.year - ((until.month, until.day) < (birth.month, birth.day))


def _pregnancy(chart: PatientChart) -> Told | None:
    """What is known of a pregnancy; None of who cannot be pregnant."""
    for each in chart.observed(_PREGNANCY):
        value = codes_in(each.body.get("valueCodeableConcept"))
        words = wording_of(each.body.get("valueCodeableConcept")) or str(each.body.get("valueString", ""))
        return each.entry(state=_of_today(chart, each, _pregnant(value)), value=words)
    for each in chart.of("Condition"):
        known = codes_in(each.body.get("code")) & _PREGNANT or re.search(
            r"\bpregnan(?:t|cy)\b|임신(?!성)", label_of(each.body), re.IGNORECASE
        )
        if known and not (codes_in(each.body.get("clinicalStatus")) & {"resolved", "inactive"}):
            return each.entry(state=_of_today(chart, each, "pregnant"))
    age = age_of(chart)
    may_be = chart.patient.get("gender") != "male" and (age is None or age in _FERTILE)
    return {"state": "unknown"} if may_be and not _is_dead(chart) else None


def _pregnant(value: frozenset[str]) -> str:
    if value & _PREGNANT:
        return "pregnant"
    return "not pregnant" if value & _NOT_PREGNANT else "unknown"


def _is_dead(chart: PatientChart) -> bool:
    return bool(chart.patient.get("deceasedDateTime") or chart.patient.get("deceasedBoolean"))


def _of_today(chart: PatientChart, item: ChartItem, state: str) -> str:
    """What an answer says of today: it is forgotten after the time that a pregnancy takes."""
    days = chart.days_since(item)
    return "unknown" if days is None or days > _PREGNANCY_LASTS else state


def _metformin(chart: PatientChart) -> Told | None:
    """The newest prescription of metformin that goes on; None where there is none."""
    for each in chart.newest("MedicationRequest", "MedicationStatement"):
        if each.body.get("status") in ("active", "on-hold", "intended", "unknown") and _METFORMIN.search(
            chart.drug(each.body)
        ):
            return each.entry(label=chart.drug(each.body))
    return None


def _magnet(chart: PatientChart) -> list[Told]:
    """What is or was in the body and is in the way of a magnet, by its words, wherever it is written.

    A device that says itself what MR does to it is believed.
    """
    found = list[Told]()
    for each in chart.newest(
        "Device", "DeviceUseStatement", "Procedure", "Condition", "AllergyIntolerance", "Flag"
    ):
        words, says = _magnet_words(each), _said_of_magnets(each)
        if says == {_SAFE}:
            continue
        match = _MAGNET.search(words)
        if match or says:
            removed = re.search(r"remov|explant|제거", words, re.IGNORECASE)
            safe = _MAY_BE_SAFE.search(words) or _MAY_BE_SAFE.search(str(each.body.get("note", "")))
            finding = match[0] if match else label_of(each.body) or device_words(each)
            conditional = says <= {_SAFE, _CONDITIONAL} if says else bool(safe)
            named = {"label": device_words(each) or label_of(each.body)} if each.kind == "Device" else {}
            found.append(each.entry(finding=finding, conditional=conditional, removed=bool(removed), **named))
    return found


def _said_of_magnets(item: ChartItem) -> set[str]:
    """What a device says of itself and MR; of several codes all."""
    told = (codes_in(each) for each in each_in(item.body.get("safety")))
    return {code for codes in told for code in codes & _OF_MAGNETS} if item.kind == "Device" else set()


def _magnet_words(item: ChartItem) -> str:
    device = device_words(item) if item.kind == "Device" else ""
    return f"{device} {label_of(item.body)} {all_words(item.body.get('code'))}"
