"""`$validate`: whether a resource is right (FHIR R4 resource-operation-validate.html)."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import OperationInput, operation_input
from app.http.fhir.operations import FhirOperation
from app.records.validate import RecordValidation, ValidationMode
from fhir_profiles.documents import is_json, parse
from fhir_profiles.issues import InvalidDocument, Issue
from graph.errors import Invalid
from graph.scope import AccessScope

_RESOURCE, _MODE, _PROFILE = "resource", "mode", "profile"
_TAKEN = (_RESOURCE, _MODE, _PROFILE)
_ALL_OK = Issue("information", "informational", "", "All OK")


class ValidateViews:
    """The answers to who asks whether a resource is right: 200 with an OperationOutcome in any case."""

    def __init__(self, validation: RecordValidation) -> None:
        self._validation = validation

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        return (FhirOperation("validate", ("system", "type", "instance"), {"Resource": self.validate}),)

    def validate(
        self, scope: AccessScope, call: Call, *, kind: str | None = None, resource_id: str | None = None
    ) -> Answer:
        """200 with what is wrong; a body that is JSON but no resource is no bad request here.

        Raises `InvalidDocument` for what is no JSON, `Invalid` for a question that is none.
        """
        try:
            asked = _asked(call)
        except InvalidDocument as error:
            if not is_json(call.body):
                raise
            return _outcome(error.issues)
        asked.require_known(_TAKEN)
        return _outcome(self._issues(scope, asked, kind, resource_id))

    def _issues(
        self, scope: AccessScope, asked: OperationInput, kind: str | None, resource_id: str | None
    ) -> tuple[Issue, ...]:
        mode, profiles = _mode(asked), tuple(filter(None, (asked.text(_PROFILE),)))
        if _RESOURCE in asked.values:
            resource = asked.one(_RESOURCE)
            if not isinstance(resource, dict):
                return (Issue("error", "structure", "", "the parameter resource is a JSON object"),)
            return self._validation.sent(
                scope, resource, resource_type=kind, resource_id=resource_id, mode=mode, profiles=profiles
            )
        if kind is None or resource_id is None:
            raise Invalid(
                "send the resource, or name one in the address", location=_RESOURCE, code="required"
            )
        if mode is ValidationMode.DELETE:
            return self._validation.deletion(scope, kind, resource_id)
        return self._validation.stored(scope, kind, resource_id, profiles)


def _asked(call: Call) -> OperationInput:
    """The parameters; a Parameters resource that holds none of the operation's is what is to be validated."""
    if not call.body:
        return operation_input(call)
    document = parse(call.body)
    if document.get("resourceType") == "Parameters" and not _is_request(document):
        query = OperationInput({name: (value,) for name, value in call.criteria})
        return OperationInput({**query.values, _RESOURCE: (document,)})
    return operation_input(call)


def _is_request(document: Mapping[str, Any]) -> bool:
    """Whether Parameters carry what the operation takes, and nothing else."""
    listed = document.get("parameter")
    if not isinstance(listed, list) or not listed:
        return False
    names = [each.get("name") if isinstance(each, dict) else None for each in listed]
    if not all(name in _TAKEN for name in names):
        return False
    return any("resource" in each for each in listed if each["name"] == _RESOURCE) or _RESOURCE not in names


def _mode(asked: OperationInput) -> ValidationMode:
    text = asked.text(_MODE) or ValidationMode.CREATE
    try:
        return ValidationMode(text)
    except ValueError:
        raise Invalid(f"mode is one of {', '.join(ValidationMode)}", location=_MODE) from None


def _outcome(issues: Iterable[Issue]) -> Answer:
    """An OperationOutcome with the issues, or that there are none."""
    told = [_told(each) for each in issues] or [_told(_ALL_OK)]
    return Answer(200, orjson.dumps({"resourceType": "OperationOutcome", "issue": told}))


def _told(issue: Issue) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "severity": issue.severity,
        "code": issue.code,
        "diagnostics": issue.diagnostics,
    }
    return {**shown, "expression": [issue.expression]} if issue.expression else shown
