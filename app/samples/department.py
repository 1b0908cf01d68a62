"""Who orders and reads in the sample data: created only where they are not there yet."""

from uuid import NAMESPACE_URL, uuid5

from app.samples.codes import SAMPLE, JsonObject, concept

_SPECIALTY = "http://snomed.info/sct"
ORDERING = f"PractitionerRole?identifier={SAMPLE}|oncology"
READING = f"Practitioner?identifier={SAMPLE}|radiologist"
READER = "demo-teleradiologist"
READING_FROM_AFAR = f"Practitioner/{READER}"
"""The Practitioner who reads from elsewhere, by the name of the demo user whom that is."""
_HOSPITAL, _ONCOLOGIST, _RADIOLOGIST, _ROLE = "hospital", "oncologist", "radiologist", "oncology"


def department() -> list[JsonObject]:
    """The entries of the first Bundle: a hospital, an oncologist with a role, and two radiologists."""
    return [
        _entry(_HOSPITAL, {"resourceType": "Organization", "active": True, "name": "Sample Hospital"}),
        _entry(_ONCOLOGIST, _practitioner("Jang", "Mirae")),
        _entry(_RADIOLOGIST, _practitioner("Noh", "Gyeol")),
        {
            "resource": _practitioner("Seo", "Haneul") | {"id": READER},
            "request": {"method": "PUT", "url": f"Practitioner/{READER}"},
        },
        _entry(
            _ROLE,
            {
                "resourceType": "PractitionerRole",
                "active": True,
                "practitioner": {"reference": _url(_ONCOLOGIST)},
                "organization": {"reference": _url(_HOSPITAL)},
                "specialty": [concept((_SPECIALTY, "394593009"), "Medical oncology")],
            },
        ),
    ]


def _practitioner(family: str, given: str) -> JsonObject:
    name = {"use": "official", "family": family, "given": [given]}
    return {"resourceType": "Practitioner", "active": True, "name": [name]}


def _url(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def _entry(name: str, resource: JsonObject) -> JsonObject:
    kind = resource["resourceType"]
    unless = f"identifier={SAMPLE}|{name}"
    return {
        "fullUrl": _url(name),
        "resource": resource | {"identifier": [{"system": SAMPLE, "value": name}]},
        "request": {"method": "POST", "url": kind, "ifNoneExist": unless},
    }
