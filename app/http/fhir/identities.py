"""`Patient/$merge` and `$unmerge`, `Task/{id}/$accept` and `$refuse`: what a person decides about identity.

The first is asked as the operation of later editions is (build.fhir.org/patient-operation-merge.html), by the
references of the two patients. Both of the first answer the patient who stays, both of the last the Task.
"""

from collections.abc import Callable
from typing import Any

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import OperationInput, operation_input
from app.http.fhir.operations import FhirOperation
from app.http.kit.conditional import version_tag
from app.records.identities import PatientIdentities
from graph.errors import Invalid
from graph.records import ResourceVersion
from graph.scope import AccessScope

_SOURCE, _TARGET, _PATIENT = "source-patient", "target-patient", "patient"
_DEFINITION = "urn:hilum:operation:{}"


class IdentityViews:
    """The answers to decisions about patients."""

    def __init__(self, identities: PatientIdentities) -> None:
        self._identities = identities

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        rows: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
            ("merge", "Patient", self.merge),
            ("unmerge", "Patient", self.unmerge),
            ("accept", "Task", self.accept),
            ("refuse", "Task", self.refuse),
        )
        return tuple(
            FhirOperation(
                name,
                ("type",) if kind == "Patient" else ("instance",),
                {kind: handler},
                permission="fhir.write",
                changes=True,
                definition=_DEFINITION.format(f"{kind}-{name}"),
            )
            for name, kind, handler in rows
        )

    def merge(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """200 with the patient who stays; raises `Invalid` where one is not named."""
        return _answer(self._identities.merge(scope, *_both(call)))

    def unmerge(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """200 with the patient who stayed; raises `Invalid` where one is not named."""
        return _answer(self._identities.unmerge(scope, *_both(call)))

    def accept(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with the Task, done: the study is the patient's; raises `Invalid` for what names no patient."""
        asked = operation_input(call)
        asked.require_known((_PATIENT,))
        named = _reference(asked, _PATIENT)
        patient = f"Patient/{named}" if named else None
        return _answer(self._identities.decide(scope, resource_id, accepted=True, patient=patient))

    def refuse(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with the Task, done: the study is not the patient's."""
        operation_input(call).require_known(())
        return _answer(self._identities.decide(scope, resource_id, accepted=False))


def _both(call: Call) -> tuple[str, str]:
    """The ids of the two patients; raises `Invalid` where one is not named."""
    asked = operation_input(call)
    asked.require_known((_SOURCE, _TARGET))
    source, target = (_reference(asked, name) for name in (_SOURCE, _TARGET))
    if source is None or target is None:
        missing = _TARGET if source else _SOURCE
        raise Invalid("it names no patient", location=missing, code="required")
    return source, target


def _reference(asked: OperationInput, name: str) -> str | None:
    """The id of the Patient that a parameter refers to; None where it is not given; raises `Invalid`."""
    found: Any = asked.one(name)
    if found is None:
        return None
    text = found.get("reference") if isinstance(found, dict) else found
    kind, _, patient = str(text).partition("/")
    if kind != "Patient" or not patient or "/" in patient:
        raise Invalid("it is not a reference as Patient/1", location=name, code="value")
    return patient


def _answer(version: ResourceVersion) -> Answer:
    return Answer(200, version.body, {"ETag": version_tag(version.version_id)})
