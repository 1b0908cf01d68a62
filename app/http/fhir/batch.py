"""batch and transaction (FHIR R4 http.html#transaction): a Bundle of requests, a Bundle of responses.

Writes come first, in one commit: a transaction's all or none, a batch's each for itself. What only reads is
answered after it, under the same rights.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

from app.http.fhir.bundles import BundleEntry, bundle
from app.http.fhir.exchange import Answer, Call, location
from app.http.fhir.history import history
from app.http.fhir.read import read, vread
from app.http.fhir.search import search
from app.http.fhir.writes import REPRESENTATION, bodies_of, status_of
from app.http.kit.conditional import version_tag
from app.http.kit.problems import operation_outcome, problem_of
from app.records import Written
from app.records.bundles.entries import BundleRequest, Entry
from app.wiring import Services
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.issues import ProfileError
from graph.clock import instant
from graph.errors import HilumError, Invalid
from graph.scope import AccessScope

Outcome = Written | HilumError | ProfileError | None
_HEADERS = {
    "ifNoneMatch": "If-None-Match",
    "ifModifiedSince": "If-Modified-Since",
    "ifMatch": "If-Match",
    "ifNoneExist": "If-None-Exist",
}


def batch(services: Services, scope: AccessScope, call: Call) -> Answer:
    """200 with a response for each entry, in their order; a transaction that fails answers its failure."""
    request = services.records.read_bundle(call.body, "transaction", "batch")
    answers = _transaction if request.kind == "transaction" else _batch
    return Answer(200, bundle(f"{request.kind}-response", answers(services, scope, call, request)))


def _transaction(
    services: Services, scope: AccessScope, call: Call, request: BundleRequest
) -> list[BundleEntry]:
    entries = request.all()
    writes = [entry for entry in entries if not entry.reads]
    outcomes: Mapping[int, Outcome] = {}
    if writes:
        written = services.records.write_together(scope, writes)
        outcomes = {entry.index: each for entry, each in zip(writes, written, strict=True)}
    return list(_answers(services, scope, call, entries, outcomes))


def _batch(services: Services, scope: AccessScope, call: Call, request: BundleRequest) -> list[BundleEntry]:
    entries = [_entry_or_failure(request, index) for index in range(len(request.entries))]
    writes = [entry for entry in entries if isinstance(entry, Entry) and not entry.reads]
    outcomes: dict[int, Outcome] = {}
    if writes:
        written = services.records.write_each(scope, writes)
        outcomes = {entry.index: each for entry, each in zip(writes, written, strict=True)}
    return list(_answers(services, scope, call, entries, outcomes))


def _entry_or_failure(request: BundleRequest, index: int) -> Entry | HilumError | ProfileError:
    try:
        return request.entry(index)
    except (HilumError, ProfileError) as error:
        return error


def _answers(
    services: Services,
    scope: AccessScope,
    call: Call,
    entries: Sequence[Entry | HilumError | ProfileError],
    outcomes: Mapping[int, Outcome],
) -> Iterator[BundleEntry]:
    bodies: Mapping[str, bytes] = {}
    if call.prefers("return") == REPRESENTATION:
        versions = [each.version for each in outcomes.values() if isinstance(each, Written)]
        bodies = bodies_of(services, scope, [each for each in versions if each.method != "DELETE"])
    for entry in entries:
        if not isinstance(entry, Entry):
            yield _failed(entry)
        elif entry.reads:
            yield _read(services, scope, call, entry)
        else:
            yield _written(services.reading.base, outcomes[entry.index], bodies)


def _written(base: str, outcome: Outcome, bodies: Mapping[str, bytes]) -> BundleEntry:
    if outcome is None:
        return BundleEntry(beside={"response": {"status": _line(HTTPStatus.NO_CONTENT)}})
    if not isinstance(outcome, Written):
        return _failed(outcome)
    version = outcome.version
    deleted = version.method == "DELETE"
    response = {
        "status": _line(HTTPStatus.NO_CONTENT if deleted else status_of(outcome)),
        "etag": version_tag(version.version_id),
        "lastModified": instant(version.last_updated),
    }
    if deleted:
        return BundleEntry(beside={"response": response})
    full_url = f"{base}/{version.resource_type}/{version.resource_id}"
    answer = {"response": {**response, "location": location(base, version)}}
    return BundleEntry(full_url, bodies.get(version.key, b""), answer)


def _failed(error: HilumError | ProfileError) -> BundleEntry:
    problem = problem_of(error)
    response = {"status": _line(problem.status), "outcome": operation_outcome(problem)}
    return BundleEntry(beside={"response": response})


def _read(services: Services, scope: AccessScope, call: Call, entry: Entry) -> BundleEntry:
    try:
        answer = _answer(services, scope, call, entry)
    except (HilumError, ProfileError) as error:
        return _failed(error)
    response = {"status": _line(answer.status)}
    if "ETag" in answer.headers:
        response["etag"] = answer.headers["ETag"]
    return BundleEntry(resource=answer.body, beside={"response": response})


def _answer(services: Services, scope: AccessScope, call: Call, entry: Entry) -> Answer:
    """Answer an entry that reads, as its URL would be answered by itself."""
    scope.require("fhir.read")
    path, _, query = entry.url.partition("?")
    segments = [unquote(each) for each in path.removeprefix(services.reading.base).strip("/").split("/")]
    inner = Call(
        now=call.now,
        parameters=tuple(parse_qsl(query, keep_blank_values=True)),
        headers={_HEADERS[name]: value for name, value in entry.headers.items() if name in _HEADERS},
    )
    view, names = _view(segments)
    return view(services, scope, inner, **names)


def _view(segments: list[str]) -> tuple[Callable[..., Answer], dict[str, str]]:
    match segments:
        case [kind]:
            return search, {"kind": kind}
        case [kind, "_history"]:
            return history, {"kind": kind}
        case ["Patient", patient, kind] if kind in RESOURCE_TYPES:
            return search, {"kind": kind, "patient_id": patient}
        case [kind, resource_id]:
            return read, {"kind": kind, "resource_id": resource_id}
        case [kind, resource_id, "_history"]:
            return history, {"kind": kind, "resource_id": resource_id}
        case [kind, resource_id, "_history", version]:
            return vread, {"kind": kind, "resource_id": resource_id, "version": version}
    raise Invalid("the url of the entry is none of the API", location="request.url")


def _line(status: int) -> str:
    found = HTTPStatus(status)
    return f"{found.value} {found.phrase}"
