"""Each route, written down a second time: who may call it, how it is called, and what a caller then sees.

The table is not made from the code's own declarations: what a route needs stands here as somebody reads it in
the documentation, and a route that is not here fails the test.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.app.security.access_matrix import promises
from tests.app.security.planting import CONDITION, STUDY, Target
from tests.factories.fhir import SNOMED, bundle, entry

READ, STORE, DELETE, FEED = "imaging.read", "imaging.store", "imaging.delete", "feed.read"
RECORD, WRITE, ASK = "fhir.read", "fhir.write", "cohort.query"
BULK = "fhir.bulk"
OPERATE, CANCEL, PURGE = "operations.read", "operations.cancel", "imaging.purge"
AUDIT = "audit.read"
MANAGE, OPEN, REVIEW = "administration.manage", "break-glass.open", "break-glass.review"

PROMISES = promises()
EVERY = frozenset(
    {
        *(READ, STORE, DELETE, FEED, RECORD, WRITE, BULK, ASK, OPERATE, CANCEL, PURGE, AUDIT),
        *(MANAGE, OPEN, REVIEW),
    }
)
DEEP: Mapping[str, frozenset[str]] = {
    "clinician": frozenset({READ, RECORD, WRITE, ASK}),
    "researcher": frozenset({ASK}),
    "teleradiologist": frozenset({READ, RECORD, WRITE}),
    "superuser": EVERY,
    "service": frozenset({READ, STORE, DELETE, FEED, RECORD, WRITE, BULK, OPERATE}),
}
"""Roles that are asked on every route with a row that is theirs and one that is not."""

# Who holds which capability (docs/roles.md); who is shown no one has those only that tell of nobody.
CAPABILITIES: Mapping[str, frozenset[str]] = {
    **{name: promise.named for name, promise in PROMISES.items()},
    "administrator": frozenset({OPERATE, CANCEL, PURGE, MANAGE, REVIEW}),
    **DEEP,
}

# Who has no grants, since all rows are theirs to see.
SEES_ALL = frozenset(
    {"clinician", "superuser", "service", *(name for name, promise in PROMISES.items() if promise.sees_all)}
)

ANY = 'multipart/related; type="{}"; transfer-syntax=*'
JSON = {"Content-Type": "application/fhir+json"}
NDJSON = {"Content-Type": "application/fhir+ndjson", "Prefer": "respond-async"}
PATCH = {"Content-Type": "application/json-patch+json"}
GRAPHQL = {"Content-Type": "application/graphql"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DICOM = {"Content-Type": "application/dicom"}
QUERY = {"Content-Type": "application/json"}
FILES = {"Accept": ANY.format("application/dicom")}
XML = {"Accept": 'multipart/related; type="application/dicom+xml"'}
FRAMES = {"Accept": ANY.format("application/octet-stream")}
RLE = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.5'}
JPEG_LS = {"Accept": 'multipart/related; type="image/jls"'}
PICTURES = {"Accept": 'multipart/related; type="image/png"'}  # parts say of which instance they are

Make = Callable[[Target], bytes]


@dataclass(frozen=True)
class Route:
    """One way to call a route.

    `path` is filled in with the target's names; `shows` is what an answer holds when the row is seen.
    `before` is what is done to that target first: make a `twin`, `merge` it with one, `doubt` whose it is.
    `by_patient` and `by_study`: whether a grant of the patient, or of the study, opens the row. `changes`:
    the call needs a target of its own; `deleted`: one whose pictures were deleted. `hidden_from`: roles that
    are answered without seeing the row. `refused_to`: roles that hold the capability, but not for resources
    of this type. `instead`: the capability that lets somebody call it in place of the one that it needs,
    `besides` one that it needs as well.
    """

    rule: str
    needs: str | None
    path: str
    body: Make | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    shows: Make | None = None
    by_patient: bool = True
    by_study: bool = False
    changes: bool = False
    deleted: bool = False
    before: str = ""
    hidden_from: frozenset[str] = frozenset()
    refused_to: frozenset[str] = frozenset()
    name: str = ""
    instead: str | None = None
    besides: str | None = None

    def admits(self, role: str) -> bool:
        """Whether a role may call it."""
        held = CAPABILITIES[role]
        opens = self.needs in held or self.instead in held
        return opens and self.besides in (None, *held) and role not in self.refused_to

    @property
    def method(self) -> str:
        return self.rule.partition(" ")[0]

    def __str__(self) -> str:
        return f"{self.rule} {self.name}".strip()


def _instance(target: Target) -> bytes:
    return target.instance.encode()


def _study(target: Target) -> bytes:
    return target.study.encode()


def _pixels(target: Target) -> bytes:
    return target.pixels


def _diagnosis(target: Target) -> bytes:
    return f'{target.condition}"'.encode()


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


def _mark(target: Target) -> bytes:
    return target.mark.encode()


def _restored(_: Target) -> bytes:
    return b'"restored":1'


def _file(target: Target) -> bytes:
    return target.file


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


def _question(target: Target) -> bytes:
    asked: dict[str, Any] = {
        "version": "1",
        "asOf": "2026-11-22",
        "conceptSets": {"dx": {"include": [{"system": SNOMED, "code": target.code}]}},
        "events": {"dx": {"kind": "condition", "codes": {"set": "dx"}}},
        "population": {"exists": "dx"},
        "output": {"grain": "patient", "rows": [{"resource": "Condition", "event": "dx", "as": "dx"}]},
    }
    return json.dumps(asked).encode()


_S = "/dicom-web/studies/<study>"
_X = f"{_S}/series/<series>"
_I = f"{_X}/instances/<instance>"
_S_PATH = "/dicom-web/studies/{study}"
_X_PATH = f"{_S_PATH}/series/{{series}}"
_I_PATH = f"{_X_PATH}/instances/{{instance}}"
_F, _F_PATH = f"{_I}/frames/<numbers>", f"{_I_PATH}/frames/1"
_URI_PATH = "/dicom-web/wado?requestType=WADO&studyUID={study}&seriesUID={series}&objectUID={instance}"


def _imaging(rule: str, path: str, **more: Any) -> Route:
    """A route that reads pictures: a grant of either kind opens it."""
    return Route(f"GET {rule}", READ, path, **{"by_study": True, "shows": _instance, **more})


def _showing(rule: str, path: str) -> tuple[Route, ...]:
    """The routes to what one can look at of a resource: in parts with their addresses, and alone."""
    return (
        _imaging(f"{rule}/rendered", f"{path}/rendered", headers=PICTURES),
        _imaging(f"{rule}/thumbnail", f"{path}/thumbnail", headers=PICTURES),
        _imaging(f"{rule}/thumbnail", f"{path}/thumbnail", shows=None, name="alone"),
    )


def _deleting(rule: str, path: str) -> Route:
    return Route(f"DELETE {rule}", DELETE, path, status=204, changes=True)


def _restoring(rule: str, path: str) -> Route:
    return Route(
        f"POST {rule}/$restore", DELETE, f"{path}/$restore", shows=_restored, changes=True, deleted=True
    )


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


_TYPE, _ONE = "/fhir/<type:kind>", "/fhir/<type:kind>/<resource_id>"
_DX = f"/fhir/{CONDITION}"
_IS = f"/fhir/{STUDY}"
_COMPARTMENT = "/fhir/Patient/<patient_id>/<type:kind>"


def _deciding(name: str, path: str, body: Make, **more: Any) -> Route:
    """An operation that decides who is who, of a type or of an instance."""
    rule = _ONE if "{" in path else _TYPE
    return _writing(f"POST {rule}/${name}", f"{path}/${name}", body, **more)


def _replacing(rule: str, path: str) -> Route:
    """A route that stores, and deletes what it replaces."""
    return Route(f"PUT {rule}", STORE, path, _file, DICOM, shows=_instance, changes=True, besides=DELETE)


DICOMWEB = (
    Route(
        "POST /dicom-web/studies", STORE, "/dicom-web/studies", _file, DICOM, shows=_instance, changes=True
    ),
    Route(f"POST {_S}", STORE, _S_PATH, _file, DICOM, shows=_instance, changes=True),
    _replacing("/dicom-web/studies", "/dicom-web/studies"),
    _replacing(_S, _S_PATH),
    _imaging("/dicom-web/studies", "/dicom-web/studies?StudyInstanceUID={study}", shows=_study),
    _imaging("/dicom-web/series", "/dicom-web/series?StudyInstanceUID={study}", shows=_study),
    _imaging("/dicom-web/instances", "/dicom-web/instances?StudyInstanceUID={study}"),
    _imaging(f"{_S}/series", f"{_S_PATH}/series", shows=_study),
    _imaging(f"{_S}/instances", f"{_S_PATH}/instances"),
    _imaging(f"{_X}/instances", f"{_X_PATH}/instances"),
    _imaging(_S, _S_PATH, headers=FILES),
    _imaging(_X, _X_PATH, headers=FILES),
    _imaging(_I, _I_PATH, headers=FILES),
    _imaging(_I, _I_PATH, headers={"Accept": "application/dicom"}, name="alone"),
    _imaging(f"{_S}/metadata", f"{_S_PATH}/metadata"),
    _imaging(f"{_X}/metadata", f"{_X_PATH}/metadata"),
    _imaging(f"{_I}/metadata", f"{_I_PATH}/metadata"),
    _imaging(_I, _I_PATH, headers={"Accept": "application/zip"}, name="zipped"),
    _imaging(f"{_I}/metadata", f"{_I_PATH}/metadata", headers=XML, name="in XML"),
    _imaging(f"{_S}/bulkdata", f"{_S_PATH}/bulkdata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_X}/bulkdata", f"{_X_PATH}/bulkdata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_I}/bulkdata", f"{_I_PATH}/bulkdata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_I}/bulkdata/<path:path>", f"{_I_PATH}/bulkdata/7FE00010", headers=FRAMES, shows=_pixels),
    _imaging(f"{_S}/pixeldata", f"{_S_PATH}/pixeldata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_X}/pixeldata", f"{_X_PATH}/pixeldata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_I}/pixeldata", f"{_I_PATH}/pixeldata", headers=FRAMES, shows=_pixels),
    _imaging(_F, _F_PATH, headers=FRAMES, shows=_pixels),
    _imaging(_F, _F_PATH, headers=JPEG_LS, shows=None, name="transcoded"),
    _imaging(_S, _S_PATH, headers=RLE, name="transcoded"),
    _imaging(_X, _X_PATH, headers=RLE, name="transcoded"),
    _imaging(_I, _I_PATH, headers=RLE, name="transcoded"),
    *_showing(_S, _S_PATH),
    *_showing(_X, _X_PATH),
    *_showing(_I, _I_PATH),
    *_showing(_F, _F_PATH),
    _imaging("/dicom-web/wado", _URI_PATH, shows=None),
    _imaging("/dicom-web/wado", f"{_URI_PATH}&contentType=application/dicom", name="file"),
    _deleting(_S, _S_PATH),
    _deleting(_X, _X_PATH),
    _deleting(_I, _I_PATH),
    _restoring(_S, _S_PATH),
    _restoring(_X, _X_PATH),
    _restoring(_I, _I_PATH),
    Route(
        "GET /dicom-web/changefeed", FEED, "/dicom-web/changefeed?limit=200", shows=_instance, changes=True
    ),
    Route(
        "GET /dicom-web/changefeed/latest",
        FEED,
        "/dicom-web/changefeed/latest",
        shows=_instance,
        changes=True,
    ),
)
FHIR = (
    Route("POST /fhir/", RECORD, "/fhir/", _bundle, JSON, shows=_recorded, name="reading"),
    _writing("POST /fhir/", "/fhir/", _writing_bundle, name="writing"),
    _records("/fhir/_history", "/fhir/_history?_count=1000", changes=True),
    _records("/fhir/", "/fhir?_type=Condition,Observation&_id={condition}"),
    Route("POST /fhir/_search", RECORD, "/fhir/_search", _form_of_types, FORM, shows=_recorded),
    _records(_TYPE, f"{_DX}?_id={{condition}}"),
    _pictured(_TYPE, f"{_IS}?_id={{imaging_study}}"),
    Route(f"POST {_TYPE}/_search", RECORD, f"{_DX}/_search", _form, FORM, shows=_recorded),
    _writing(f"POST {_TYPE}", _DX, _another, status=201),
    _writing(f"PUT {_TYPE}", f"{_DX}?_id={{condition}}", _resource),
    _writing(f"PATCH {_TYPE}", f"{_DX}?_id={{condition}}", _patch, PATCH),
    _writing(f"DELETE {_TYPE}", f"{_DX}?_id={{condition}}", status=204),
    _records(f"{_TYPE}/_history", f"{_DX}/_history?_count=1000", changes=True),
    _records(_ONE, f"{_DX}/{{condition}}"),
    _pictured(_ONE, f"{_IS}/{{imaging_study}}"),
    _writing(f"PUT {_ONE}", f"{_DX}/{{condition}}", _resource),
    _writing(f"PATCH {_ONE}", f"{_DX}/{{condition}}", _patch, PATCH),
    _writing(f"DELETE {_ONE}", f"{_DX}/{{condition}}", status=204),
    _records(f"{_ONE}/_history", f"{_DX}/{{condition}}/_history"),
    _pictured(f"{_ONE}/_history", f"{_IS}/{{imaging_study}}/_history"),
    _records(f"{_ONE}/_history/<version>", f"{_DX}/{{condition}}/_history/1"),
    _pictured(f"{_ONE}/_history/<version>", f"{_IS}/{{imaging_study}}/_history/1"),
    _records(f"{_ONE}/$meta", f"{_DX}/{{condition}}/$meta", shows=_versioned),
    _records(
        "/fhir/$graphql", '/fhir/$graphql?query={{ConditionList(_id:%20"{condition}"){{id}}}}', shows=_named
    ),
    Route("POST /fhir/$graphql", RECORD, "/fhir/$graphql", _graphql, GRAPHQL, shows=_named),
    _records(f"{_ONE}/$graphql", f"{_DX}/{{condition}}/$graphql?query={{{{id}}}}", shows=_named),
    Route(f"POST {_ONE}/$graphql", RECORD, f"{_DX}/{{condition}}/$graphql", _ids, GRAPHQL, shows=_named),
    Route(f"POST {_ONE}/$meta", RECORD, f"{_DX}/{{condition}}/$meta", shows=_versioned),
    _writing(f"POST {_ONE}/$meta-add", f"{_DX}/{{condition}}/$meta-add", _meta),
    _writing(f"POST {_ONE}/$meta-delete", f"{_DX}/{{condition}}/$meta-delete", _meta),
    *_operations(_ONE, "/fhir/Patient/{patient}", "everything"),
    *_operations(_TYPE, "/fhir/Patient", "match", shows=None, body=_person, headers=JSON)[1:],
    *_operations(_ONE, "/fhir/Patient/{patient}", "summary"),
    *_operations(_ONE, f"{_IS}/{{imaging_study}}", "pictures", shows=_instance, by_study=True),
    _records(f"{_ONE}/$validate", f"{_DX}/{{condition}}/$validate", shows=_doubted),
    Route(f"POST {_ONE}/$validate", RECORD, f"{_DX}/{{condition}}/$validate", shows=_doubted),
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
_GENDER = "url=http://hl7.org/fhir/ValueSet/administrative-gender"
_ACT = "system=http://terminology.hl7.org/CodeSystem/v3-ActCode"
_MAP = "url=http://hl7.org/fhir/ConceptMap/cm-name-use-v3"


def _closure(target: Target) -> bytes:
    return json.dumps(
        {"resourceType": "Parameters", "parameter": [{"name": "name", "valueString": target.mark}]}
    ).encode()


def _asking(kind: str, name: str, query: str) -> tuple[Route, ...]:
    """An operation on what is there for everybody: it names nobody, and no grant opens or closes it."""
    rule, path = f"{_TYPE}/${name}", f"/fhir/{kind}/${name}?{query}"
    return (
        Route(f"GET {rule}", RECORD, path, by_study=True, name=kind),
        Route(f"POST {rule}", RECORD, path, by_study=True, name=kind),
    )


def _asking_of_one(kind: str, name: str, query: str) -> tuple[Route, ...]:
    """The same of a resource of an id: of one that is not there, as of any that the caller may not see."""
    rule, path = f"{_ONE}/${name}", f"/fhir/{kind}/{{mark}}/${name}?{query}"
    return (
        Route(f"GET {rule}", RECORD, path, by_study=True, status=404, name=kind),
        Route(f"POST {rule}", RECORD, path, by_study=True, status=404, name=kind),
    )


# What is asked of everything, or of what is not there: its answers name nobody.
OF_NOBODY = (
    Route("GET /fhir/$validate", RECORD, "/fhir/$validate", status=400),
    Route("POST /fhir/$validate", RECORD, "/fhir/$validate", _another, JSON),
    Route(f"GET {_TYPE}/$validate", RECORD, f"{_DX}/$validate", status=400),
    Route(f"POST {_TYPE}/$validate", RECORD, f"{_DX}/$validate", _another, JSON),
    *(
        Route(f"{method} {rule}/$meta", RECORD, f"{path}/$meta")
        for method in ("GET", "POST")
        for rule, path in (("/fhir", "/fhir"), (_TYPE, _DX))
    ),
    *(
        Route(f"{method} {rule}/<operation:name>", RECORD, f"{path}/$nothing", status=404)
        for method in ("GET", "POST")
        for rule, path in (("/fhir", "/fhir"), (_TYPE, _DX), (_ONE, f"{_DX}/{{condition}}"))
    ),
    *_operations(_TYPE, "/fhir/Patient", "everything", refused_to=SEES_ALL),
    *_operations(_TYPE, "/fhir/Observation", "lastn", shows=None, query="?patient={patient}&code=x"),
    *_operations(_TYPE, "/fhir/DocumentReference", "docref", shows=None, query="?patient={patient}"),
    Route(f"GET {_TYPE}/$match", RECORD, "/fhir/Patient/$match", status=400),
    Route("POST /fhir/$convert", RECORD, "/fhir/$convert", _resource, JSON),
    *_operations(_ONE, "/fhir/Composition/{mark}", "document", status=404, shows=None),
    *_bulk("/fhir", "/fhir"),
    *_bulk(_TYPE, "/fhir/Patient"),
    *_bulk(_ONE, "/fhir/Group/{mark}", status=404),
    *_bulk_job("export"),
    *_bulk_job("import", besides=WRITE),
    Route("GET /fhir/$answer/<answer_id>", RECORD, "/fhir/$answer/{mark}", status=404),
    Route("DELETE /fhir/$answer/<answer_id>", RECORD, "/fhir/$answer/{mark}", status=404),
    Route(f"GET {_TYPE}", AUDIT, "/fhir/AuditEvent?patient={patient}", name="AuditEvent"),
    Route(f"GET {_ONE}", AUDIT, "/fhir/AuditEvent/{mark}", status=404, name="AuditEvent"),
    Route(
        "POST /fhir/$import", BULK, "/fhir/$import", _line, NDJSON, status=202, changes=True, besides=WRITE
    ),
)
TERMINOLOGY = (
    *_asking("ValueSet", "expand", _GENDER),
    *_asking("ValueSet", "validate-code", f"{_GENDER}&code=male"),
    *_asking("CodeSystem", "validate-code", f"{_ACT.replace('system', 'url')}&code=AMB"),
    *_asking("CodeSystem", "lookup", f"{_ACT}&code=AMB"),
    *_asking("CodeSystem", "subsumes", f"{_ACT}&codeA=_ActEncounterCode&codeB=AMB"),
    *_asking("ConceptMap", "translate", f"{_MAP}&system=http://hl7.org/fhir/name-use&code=usual"),
    *_asking_of_one("ValueSet", "expand", ""),
    *_asking_of_one("ValueSet", "validate-code", "code=male"),
    *_asking_of_one("CodeSystem", "validate-code", "code=AMB"),
    *_asking_of_one("CodeSystem", "subsumes", "codeA=a&codeB=b"),
    *_asking_of_one("ConceptMap", "translate", "system=urn:x&code=y"),
    Route("POST /fhir/$closure", RECORD, "/fhir/$closure", _closure, JSON, by_study=True),
)
COHORT = (
    Route(
        "POST /cohorts/query",
        ASK,
        "/cohorts/query",
        _question,
        QUERY,
        shows=_diagnosis,
        hidden_from=frozenset({"researcher"}),
    ),
)
_OPERATION = "/operations/<operation_id>"
_OPERATION_PATH = "/operations/{mark}"
OPERATIONS = (
    Route("GET /operations", OPERATE, "/operations?limit=200", shows=_mark, changes=True),
    Route("POST /operations/purge", PURGE, "/operations/purge", status=202),
    Route(f"GET {_OPERATION}", OPERATE, _OPERATION_PATH, status=202, shows=_mark),
    Route(f"DELETE {_OPERATION}", CANCEL, _OPERATION_PATH, status=202, shows=_mark, changes=True),
)


def _client(target: Target) -> bytes:
    return json.dumps({"clientId": target.mark, "redirectUris": ["https://app.example/"]}).encode()


def _launch(target: Target) -> bytes:
    return json.dumps({"patient": target.patient}).encode()


CLIENTS = (
    Route("GET /administration/clients", MANAGE, "/administration/clients"),
    Route("POST /administration/clients", MANAGE, "/administration/clients", _client, QUERY, status=201),
    Route(
        "DELETE /administration/clients/<client_id>", MANAGE, "/administration/clients/{mark}-x", status=404
    ),
)
# Whom an app is opened for has to be there to see; a handle tells nothing of it.
LAUNCHES = (Route("POST /auth/launch", RECORD, "/auth/launch", _launch, QUERY, status=201),)


_PLAIN = {"Content-Type": "application/json"}
_ROLES, _USERS, _GRANTS = "/administration/roles", "/administration/users", "/administration/grants"


def _role(_: Target) -> bytes:
    return b'{"purpose": "TREAT", "actions": ["fhir.read"], "rows": []}'


def _user(_: Target) -> bytes:
    return b'{"role": "auditor"}'


def _grant(target: Target) -> bytes:
    return json.dumps({"patient": target.patient}).encode()


def _breaking(target: Target) -> bytes:
    why = {"reason": "ETREAT", "text": "an emergency of the test"}
    return json.dumps({"patient": target.patient, **why}).encode()


def _judging(_: Target) -> bytes:
    return b'{"verdict": "justified"}'


# Who manages is told nothing of a row; what is opened or judged is an id of its own.
ADMINISTRATION = (
    Route(f"GET {_ROLES}", MANAGE, _ROLES),
    Route(f"GET {_ROLES}/<role>", MANAGE, f"{_ROLES}/auditor"),
    Route(f"PUT {_ROLES}/<role>", MANAGE, f"{_ROLES}/{{mark}}", _role, _PLAIN, status=201, changes=True),
    Route(f"DELETE {_ROLES}/<role>", MANAGE, f"{_ROLES}/{{mark}}-none", status=404),
    Route(f"GET {_USERS}", MANAGE, _USERS),
    Route(f"GET {_USERS}/<user>", MANAGE, f"{_USERS}/{{mark}}-none", status=404),
    Route(f"PUT {_USERS}/<user>", MANAGE, f"{_USERS}/{{mark}}", _user, _PLAIN, status=201, changes=True),
    Route(f"POST {_USERS}/<user>/secret", MANAGE, f"{_USERS}/{{mark}}-none/secret", status=404),
    Route(f"GET {_GRANTS}/<user>", MANAGE, f"{_GRANTS}/{{mark}}-none", status=404),
    Route(f"POST {_GRANTS}/<user>", MANAGE, f"{_GRANTS}/{{mark}}-none", _grant, _PLAIN, status=404),
    Route(f"DELETE {_GRANTS}/<user>/<grant_id>", MANAGE, f"{_GRANTS}/{{mark}}-none/x", status=404),
    Route("POST /break-glass", OPEN, "/break-glass", _breaking, _PLAIN, status=201, changes=True),
    Route("GET /break-glass", REVIEW, "/break-glass", instead=OPEN),
    Route("DELETE /break-glass/<glass_id>", REVIEW, "/break-glass/{mark}", status=404, instead=OPEN),
    Route(
        "POST /break-glass/<glass_id>/review",
        REVIEW,
        "/break-glass/{mark}/review",
        _judging,
        _PLAIN,
        status=404,
    ),
)
OPEN_TO_ALL = (
    "/",
    "/front.css",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/auth/jwks",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/fhir/metadata",
    "/fhir/.well-known/smart-configuration",
    "/openapi.json",
    "/docs/",
    "/docs/start.js",
)
PUBLIC = (
    *(Route(f"GET {path}", None, path) for path in OPEN_TO_ALL),
    Route("GET /docs/<name>", None, "/docs/swagger-ui.css"),
)
TOKEN = Route("POST /auth/token", None, "/auth/token", headers=FORM)
# What anybody may call to prove who they are, or that a token is theirs.
SIGN_IN = (
    TOKEN,
    Route("GET /auth/authorize", None, "/auth/authorize"),
    Route("POST /auth/authorize", None, "/auth/authorize", headers=FORM),
    Route("POST /auth/introspect", None, "/auth/introspect", headers=FORM),
    Route("POST /auth/revoke", None, "/auth/revoke", headers=FORM),
)
GUARDED = (
    *DICOMWEB,
    *FHIR,
    *COHORT,
    *LAUNCHES,
    *OPERATIONS,
    *OF_NOBODY,
    *TERMINOLOGY,
    *CLIENTS,
    *ADMINISTRATION,
)
ROUTES = (*GUARDED, *PUBLIC, *SIGN_IN)
