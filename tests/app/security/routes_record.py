"""The routes of FHIR that read and write the record, as the documentation has them."""

import json
from collections.abc import Mapping
from typing import Any

from tests.app.security.planting import CONDITION, STUDY, Target
from tests.app.security.routes import (
    AUDIT,
    BULK,
    FORM,
    GRAPHQL,
    JSON,
    NDJSON,
    ONE,
    OWN,
    PATCH,
    RECORD,
    SEES_ALL,
    TYPE,
    WRITE,
    Make,
    Route,
    instance,
)
from tests.factories.fhir import bundle, entry


def _recorded(target: Target) -> bytes:
    """The text of the diagnosis as it was sent; its id would stand in the refusal of a request for it too."""
    return f'"reference": "Patient/{target.patient}"'.encode()


def _versioned(_: Target) -> bytes:
    return b'"versionId":"1"'


def _doubted(_: Target) -> bytes:
    """What validation says of the diagnosis, which has no narrative."""
    return b"(dom-6)"


def _imaging_study(target: Target) -> bytes:
    return f'"{target.imaging_study}"'.encode()


def _resource(target: Target) -> bytes:
    return json.dumps(target.diagnosis(recordedDate="2026-02-03")).encode()


def _meta(_: Target) -> bytes:
    tag = {"name": "meta", "valueMeta": {"tag": [{"system": "urn:marks", "code": "seen"}]}}
    return json.dumps({"resourceType": "Parameters", "parameter": [tag]}).encode()


def _person(target: Target) -> bytes:
    number = {"system": "urn:hilum:mrn", "value": target.mark}
    return json.dumps({"resourceType": "Patient", "identifier": [number]}).encode()


def _line(target: Target) -> bytes:
    return json.dumps(target.diagnosis()).encode() + b"\n"


def _another(target: Target) -> bytes:
    return json.dumps({**target.diagnosis(), "id": f"{target.mark}-new"}).encode()


def _merging(target: Target) -> bytes:
    pair = (("source-patient", target.twin), ("target-patient", target.patient))
    parts = [{"name": name, "valueReference": {"reference": f"Patient/{patient}"}} for name, patient in pair]
    return json.dumps({"resourceType": "Parameters", "parameter": parts}).encode()


def _nothing(_: Target) -> bytes:
    return b'{"resourceType": "Parameters"}'


def _patient(target: Target) -> bytes:
    return f'"id":"{target.patient}"'.encode()


def _task(target: Target) -> bytes:
    return f'"id":"{target.task}"'.encode()


def _bundle(target: Target) -> bytes:
    return json.dumps(bundle(entry(None, "GET", f"Condition/{target.condition}"), kind="batch")).encode()


def _writing_bundle(target: Target) -> bytes:
    put = entry(target.diagnosis(), "PUT", f"Condition/{target.condition}")
    return json.dumps(bundle(put)).encode()


def _patch(target: Target) -> bytes:
    return b'[{"op":"add","path":"/recordedDate","value":"2026-02-03"}]'


def _graphql(target: Target) -> bytes:
    return f'{{ConditionList(_id: "{target.condition}") {{id}}}}'.encode()


def _ids(target: Target) -> bytes:
    return b"{id}"


def _named(target: Target) -> bytes:
    return f'"id":"{target.condition}"'.encode()


def _form_of_types(target: Target) -> bytes:
    return f"_type=Condition,Observation&_id={target.condition}".encode()


def _form(target: Target) -> bytes:
    return f"_id={target.condition}".encode()


def _writing(
    rule: str, path: str, body: Make | None = None, headers: Mapping[str, str] = JSON, **more: Any
) -> Route:
    """A route that writes the diagnosis: who only writes their own reports may not, whoever's it is."""
    headers = headers if body else {}
    return Route(
        rule, WRITE, path, body, headers, changes=True, refused_to=frozenset({"teleradiologist"}), **more
    )


def _records(rule: str, path: str, **more: Any) -> Route:
    """A route that reads the diagnosis: only a grant of the patient opens it."""
    return Route(f"GET {rule}", RECORD, path, **{"shows": _recorded, **more})


def _operations(rule: str, path: str, name: str, query: str = "", **more: Any) -> tuple[Route, ...]:
    """An operation that reads the diagnosis, asked for either way."""
    asked = (f"{rule}/${name}", f"{path}/${name}{query}")
    return (
        _records(*asked, **more),
        Route(f"POST {asked[0]}", RECORD, asked[1], **{"shows": _recorded, **more}),
    )


def _bulk(rule: str, path: str, **more: Any) -> tuple[Route, ...]:
    """An export, asked for either way; it may be asked for again."""
    wanted = {"headers": {"Prefer": "respond-async"}, "status": 202, "by_patient": False, **more}
    return tuple(
        Route(f"{method} {rule}/$export", BULK, f"{path}/$export", **wanted) for method in ("GET", "POST")
    )


def _bulk_job(name: str, besides: str | None = None) -> tuple[Route, ...]:
    """What follows an export or import: nobody has asked for this one."""
    path, missing = f"/fhir/_{name}s", {"status": 404, "besides": besides}
    return (
        Route(f"GET {path}/<job_id>", BULK, f"{path}/{{mark}}", **missing),
        Route(f"DELETE {path}/<job_id>", BULK, f"{path}/{{mark}}", **missing),
        Route(f"GET {path}/<job_id>/<name>", BULK, f"{path}/{{mark}}/{{mark}}", **missing),
    )


def _pictured(rule: str, path: str) -> Route:
    """The same route, asked for the study."""
    return _records(rule, path, shows=_imaging_study, by_study=True, name=STUDY)


_DX = f"/fhir/{CONDITION}"
_IS = f"/fhir/{STUDY}"
_COMPARTMENT = "/fhir/Patient/<patient_id>/<type:kind>"


def _deciding(name: str, path: str, body: Make, **more: Any) -> Route:
    """An operation that decides who is who, of a type or of an instance."""
    rule = ONE if "{" in path else TYPE
    return _writing(f"POST {rule}/${name}", f"{path}/${name}", body, **more)


FHIR = (
    Route("POST /fhir/", RECORD, "/fhir/", _bundle, JSON, shows=_recorded, name="reading"),
    _writing("POST /fhir/", "/fhir/", _writing_bundle, name="writing"),
    _records("/fhir/_history", "/fhir/_history?_count=1000", changes=True),
    _records("/fhir/", "/fhir?_type=Condition,Observation&_id={condition}"),
    Route("POST /fhir/_search", RECORD, "/fhir/_search", _form_of_types, FORM, shows=_recorded),
    _records(TYPE, f"{_DX}?_id={{condition}}"),
    _pictured(TYPE, f"{_IS}?_id={{imaging_study}}"),
    Route(f"POST {TYPE}/_search", RECORD, f"{_DX}/_search", _form, FORM, shows=_recorded),
    _writing(f"POST {TYPE}", _DX, _another, status=201),
    _writing(f"PUT {TYPE}", f"{_DX}?_id={{condition}}", _resource),
    _writing(f"PATCH {TYPE}", f"{_DX}?_id={{condition}}", _patch, PATCH),
    _writing(f"DELETE {TYPE}", f"{_DX}?_id={{condition}}", status=204),
    _records(f"{TYPE}/_history", f"{_DX}/_history?_count=1000", changes=True),
    _records(ONE, f"{_DX}/{{condition}}"),
    _pictured(ONE, f"{_IS}/{{imaging_study}}"),
    _writing(f"PUT {ONE}", f"{_DX}/{{condition}}", _resource),
    _writing(f"PATCH {ONE}", f"{_DX}/{{condition}}", _patch, PATCH),
    _writing(f"DELETE {ONE}", f"{_DX}/{{condition}}", status=204),
    _records(f"{ONE}/_history", f"{_DX}/{{condition}}/_history"),
    _pictured(f"{ONE}/_history", f"{_IS}/{{imaging_study}}/_history"),
    _records(f"{ONE}/_history/<version>", f"{_DX}/{{condition}}/_history/1"),
    _pictured(f"{ONE}/_history/<version>", f"{_IS}/{{imaging_study}}/_history/1"),
    _records(f"{ONE}/$meta", f"{_DX}/{{condition}}/$meta", shows=_versioned),
    _records(
        "/fhir/$graphql", '/fhir/$graphql?query={{ConditionList(_id:%20"{condition}"){{id}}}}', shows=_named
    ),
    Route("POST /fhir/$graphql", RECORD, "/fhir/$graphql", _graphql, GRAPHQL, shows=_named),
    _records(f"{ONE}/$graphql", f"{_DX}/{{condition}}/$graphql?query={{{{id}}}}", shows=_named),
    Route(f"POST {ONE}/$graphql", RECORD, f"{_DX}/{{condition}}/$graphql", _ids, GRAPHQL, shows=_named),
    Route(f"POST {ONE}/$meta", RECORD, f"{_DX}/{{condition}}/$meta", shows=_versioned),
    _writing(f"POST {ONE}/$meta-add", f"{_DX}/{{condition}}/$meta-add", _meta),
    _writing(f"POST {ONE}/$meta-delete", f"{_DX}/{{condition}}/$meta-delete", _meta),
    *_operations(ONE, "/fhir/Patient/{patient}", "everything"),
    *_operations(TYPE, "/fhir/Patient", "match", shows=None, body=_person, headers=JSON)[1:],
    *_operations(ONE, "/fhir/Patient/{patient}", "summary"),
    *_operations(ONE, f"{_IS}/{{imaging_study}}", "pictures", shows=instance, by_study=True),
    _records(f"{ONE}/$validate", f"{_DX}/{{condition}}/$validate", shows=_doubted),
    Route(f"POST {ONE}/$validate", RECORD, f"{_DX}/{{condition}}/$validate", shows=_doubted),
    *(
        Route(
            f"{method} {ONE}/$disclosures",
            AUDIT,
            "/fhir/Patient/{patient}/$disclosures",
            instead=OWN,
        )
        for method in ("GET", "POST")
    ),
    _deciding("merge", "/fhir/Patient", _merging, before="twin", shows=_patient),
    _deciding("unmerge", "/fhir/Patient", _merging, before="merge", shows=_patient),
    _deciding("accept", "/fhir/Task/{mark}-task", _nothing, before="doubt", shows=_task),
    _deciding("refuse", "/fhir/Task/{mark}-task", _nothing, before="doubt", shows=_task),
    _records(_COMPARTMENT, "/fhir/Patient/{patient}/Condition"),
    _records("/fhir/Patient/<patient_id>/*", "/fhir/Patient/{patient}/*?_type=Condition"),
    Route(
        f"POST {_COMPARTMENT}/_search",
        RECORD,
        "/fhir/Patient/{patient}/Condition/_search",
        _form,
        FORM,
        shows=_recorded,
    ),
)

# What is asked of everything, or of what is not there: its answers name nobody.
OF_NOBODY = (
    Route("GET /fhir/$validate", RECORD, "/fhir/$validate", status=400),
    Route("POST /fhir/$validate", RECORD, "/fhir/$validate", _another, JSON),
    Route(f"GET {TYPE}/$validate", RECORD, f"{_DX}/$validate", status=400),
    Route(f"POST {TYPE}/$validate", RECORD, f"{_DX}/$validate", _another, JSON),
    *(
        Route(f"{method} {rule}/$meta", RECORD, f"{path}/$meta")
        for method in ("GET", "POST")
        for rule, path in (("/fhir", "/fhir"), (TYPE, _DX))
    ),
    *(
        Route(f"{method} {rule}/<operation:name>", RECORD, f"{path}/$nothing", status=404)
        for method in ("GET", "POST")
        for rule, path in (("/fhir", "/fhir"), (TYPE, _DX), (ONE, f"{_DX}/{{condition}}"))
    ),
    *_operations(TYPE, "/fhir/Patient", "everything", refused_to=SEES_ALL),
    *_operations(TYPE, "/fhir/Observation", "lastn", shows=None, query="?patient={patient}&code=x"),
    *_operations(TYPE, "/fhir/DocumentReference", "docref", shows=None, query="?patient={patient}"),
    Route(f"GET {TYPE}/$match", RECORD, "/fhir/Patient/$match", status=400),
    Route("POST /fhir/$convert", RECORD, "/fhir/$convert", _resource, JSON),
    *_operations(ONE, "/fhir/Composition/{mark}", "document", status=404, shows=None),
    *_bulk("/fhir", "/fhir"),
    *_bulk(TYPE, "/fhir/Patient"),
    *_bulk(ONE, "/fhir/Group/{mark}", status=404),
    *_bulk_job("export"),
    *_bulk_job("import", besides=WRITE),
    Route("GET /fhir/$answer/<answer_id>", RECORD, "/fhir/$answer/{mark}", status=404),
    Route("DELETE /fhir/$answer/<answer_id>", RECORD, "/fhir/$answer/{mark}", status=404),
    Route(f"GET {TYPE}", AUDIT, "/fhir/AuditEvent?patient={patient}", name="AuditEvent"),
    Route(f"GET {ONE}", AUDIT, "/fhir/AuditEvent/{mark}", status=404, name="AuditEvent"),
    Route(
        "POST /fhir/$import", BULK, "/fhir/$import", _line, NDJSON, status=202, changes=True, besides=WRITE
    ),
)
