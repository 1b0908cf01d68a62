"""The use case behind a patient picker: few lines by name or number, under the rights of who looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from app.records.read import RecordReader
from app.records.search import RecordSearch, TypeSearch
from graph.errors import Invalid
from graph.records import ResourceVersion
from graph.scope import AccessScope

MOST_SHOWN = 20
_PATIENT = "Patient"
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class PatientLine:
    """A patient as somebody tells one from another."""

    patient_id: str
    name: str
    birth_date: str
    number: str


class PatientPicker:
    """Finds patients for somebody to choose from."""

    def __init__(self, search: RecordSearch, reader: RecordReader) -> None:
        self._search = search
        self._reader = reader

    def find(self, scope: AccessScope, text: str) -> tuple[PatientLine, ...]:
        """The first patients with that number, or with a name that begins so; without a text, any."""
        scope.require("fhir.read")
        text = text.strip()[:_LONGEST]
        escaped = text.replace("\\", "\\\\").replace(",", "\\,").replace("|", "\\|").replace("$", "\\$")
        asked = ("identifier", "name") if text else (None,)
        found: dict[str, PatientLine] = {}
        for parameter in asked:
            criteria = ((parameter, escaped),) if parameter else ()
            where = self._search.understood(scope, _PATIENT, criteria).where
            page = self._search.page(
                scope, TypeSearch(resource_type=_PATIENT, where=where, count=MOST_SHOWN), None
            )
            found |= {each.resource_id: _line(each) for each in page.matches}
        return tuple(found.values())[:MOST_SHOWN]

    def one(self, scope: AccessScope, patient_id: str) -> PatientLine:
        """One patient; raises `NotFound` where there is none to see, `Gone` where it was deleted."""
        return _line(self._reader.current(scope, _PATIENT, patient_id))

    def require(self, scope: AccessScope, patient_id: str | None, encounter_id: str | None) -> None:
        """Require that a patient and an encounter of that patient are there to see.

        Raises `NotFound` or `Gone` where they are not, `Invalid` for an encounter of somebody else.
        """
        if patient_id:
            self._reader.current(scope, _PATIENT, patient_id)
        if encounter_id is None:
            return
        found = orjson.loads(self._reader.current(scope, "Encounter", encounter_id).body)
        if not patient_id or found.get("subject", {}).get("reference") != f"{_PATIENT}/{patient_id}":
            raise Invalid("the encounter is not one of the patient", location="encounter")


def _line(version: ResourceVersion) -> PatientLine:
    document: dict[str, Any] = orjson.loads(version.body)
    names = document.get("name") or [{}]
    numbers = (each.get("value") for each in document.get("identifier") or [])
    return PatientLine(
        version.resource_id,
        " ".join(_parts(names[0])),
        str(document.get("birthDate", "")),
        str(next(filter(None, numbers), "")),
    )


def _parts(name: dict[str, Any]) -> Iterator[str]:
    if name.get("text") and not name.get("family"):
        yield str(name["text"])
        return
    yield from (str(each) for each in name.get("given") or [] if each)
    if name.get("family"):
        yield str(name["family"])
