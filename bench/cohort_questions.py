"""Cohort questions that are measured, by name, in the language of `docs/concepts/cohort.md`."""

from typing import Any

Json = dict[str, Any]
AS_OF = "2026-11-22"
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def _coded(*codes: str, system: str = SNOMED) -> list[Json]:
    return [{"system": system, "code": code} for code in codes]


def _over(age: int) -> Json:
    return {"age": {"op": "gt", "value": age}}


def _condition(*codes: str, within: str | None = None, **more: Any) -> Json:
    return {"condition": {"codes": _coded(*codes), **_period(within), **more}}


def _imaging(*modalities: str, within: str | None = None, **more: Any) -> Json:
    return {"imaging": {"modality": list(modalities), **_period(within), **more}}


def _result(over: float, unit: str, *codes: str, within: str | None = None) -> Json:
    value = {"op": "gt", "value": over, "unit": unit}
    return {"observation": {"codes": _coded(*codes, system=LOINC), "value": value, **_period(within)}}


def _period(within: str | None) -> Json:
    return {"period": {"within": within, "before": "asOf"}} if within else {}


def _asked(*of: Json, rows: list[Json] | None = None, **more: Any) -> Json:
    population = of[0] if len(of) == 1 else {"all": list(of)}
    return {
        "version": "1",
        "asOf": AS_OF,
        "population": population,
        "output": {"rows": rows or []},
        **more,
    }


HYPERTENSION, DIABETES, LUNG_CANCER, NODULE = "38341003", "44054006", "363358000", "427359005"
COPD, FIBRILLATION, STROKE, KIDNEY = "13645005", "49436004", "230690007", "709044004"
COUNTED = ("over 45", "two conditions, sex and age", "a nodule or lung cancer with a chest CT in two years")

MISSION = _asked(
    _over(45),
    {"exists": "dx"},
    {"exists": "ct"},
    events={
        "dx": {
            "kind": "condition",
            "codes": _coded("307576001"),
            "verification": ["confirmed", "provisional"],
            "date": "recordedDate|onset",
            **_period("P2Y"),
        },
        "ct": {"kind": "imaging", "modality": ["CT"]},
    },
) | {
    "output": {
        "rows": [
            {"resource": "MedicationRequest", "as": "rx"},
            {"resource": "ImagingStudy", "event": "ct", "as": "ct"},
            {"resource": "DocumentReference", "linkedTo": "ct", "as": "doc"},
            {"resource": "DiagnosticReport", "linkedTo": "ct", "as": "rep"},
        ],
        "links": [{"from": "rep", "to": "ct", "via": "imagingStudy|basedOn|accession"}],
    }
}

QUESTIONS: dict[str, Json] = {
    "over 45": _asked(_over(45)),
    "any CT": _asked(_imaging("CT")),
    "hypertension over 45, with prescriptions": _asked(
        _over(45), _condition(HYPERTENSION), rows=[{"resource": "MedicationRequest", "as": "rx"}]
    ),
    "a diagnosis without a picture": _asked(_condition(HYPERTENSION), {"not": {"imaging": {}}}),
    "the mission's question": MISSION,
    "two conditions, sex and age": _asked(
        _over(60), {"sex": {"op": "eq", "value": "female"}}, _condition(HYPERTENSION), _condition(DIABETES)
    ),
    "three conditions in windows": _asked(
        _condition(HYPERTENSION, within="P5Y"),
        _condition(FIBRILLATION, within="P5Y"),
        {"not": _condition(STROKE, within="P2Y")},
    ),
    "confirmed diabetes with metformin, no kidney disease": _asked(
        _condition(DIABETES, verification=["confirmed"]),
        {"medication": {"codes": _coded("6809", system=RXNORM)}},
        {"not": _condition(KIDNEY)},
    ),
    "a nodule or lung cancer with a chest CT in two years": _asked(
        {"any": [_condition(NODULE), _condition(LUNG_CANCER)]},
        _imaging("CT", within="P2Y", bodySite=_coded("51185008")),
    ),
    "CT and MR, at least two of four conditions": _asked(
        _imaging("CT"),
        _imaging("MR"),
        {"atLeast": {"n": 2, "of": [_condition(each) for each in (HYPERTENSION, DIABETES, COPD, STROKE)]}},
    ),
}
"""Of conditions, drugs and pictures."""

FURTHER: dict[str, Json] = {
    "diabetes with HbA1c over 8 % in a year": _asked(
        _condition(DIABETES), _result(8, "%", "4548-4", within="P1Y")
    ),
    "creatinine over 1.5 mg/dL in either unit": _asked(_result(1.5, "mg/dL", "2160-0", "14682-9")),
    "CT with slices of 1.25 mm or less": _asked(_imaging("CT", sliceThickness={"op": "le", "value": 1.25})),
    "CT with contrast, kidney disease": _asked(_condition(KIDNEY), _imaging("CT", contrast=True)),
    "a report that affirms a nodule": _asked({"report": {"text": {"any": ["nodule"]}}}),
    "metformin within 90 days of diabetes": _asked(
        {
            "medication": {
                "codes": _coded("6809", system=RXNORM),
                "period": {"within": "P90D", "after": "dx"},
            }
        },
        events={"dx": {"kind": "condition", "codes": _coded(DIABETES)}},
    ),
    "three visits in a year": _asked({"encounter": {"count": {"op": "ge", "n": 3}, **_period("P1Y")}}),
}
"""Of results, visits, reports, and of one event by another."""


def asked() -> dict[str, Json]:
    """All of them; those of which a page of one patient is asked are live counts."""
    counts = {f"count: {name}": {**QUESTIONS[name], "page": {"limit": 1}} for name in COUNTED}
    return {**QUESTIONS, **FURTHER, **counts}
