"""batch and transaction (FHIR R4 http.html#transaction): a Bundle of requests, a Bundle of responses."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from app.http.fhir.bundles import AnswerEntry, bundle
from app.http.fhir.exchange import Answer, Call, location
from app.http.fhir.router import EntryCall, EntryRouter
from app.http.fhir.write import REPRESENTATION, refuse_parameters, status_of
from app.http.kit.conditional import version_tag
from app.http.kit.problems import operation_outcome, problem_of
from app.records import Written
from app.records.bundles.bundles import Bundles, Done
from app.records.bundles.entries import EntryRequest, read_bundle
from app.records.read import RecordReader
from app.site import Sites
from fhir_profiles.issues import ProfileError
from graph.clock import instant
from graph.errors import HilumError
from graph.scope import AccessScope


class BundleView:
    """The answers to a Bundle of requests."""

    def __init__(self, bundles: Bundles, reader: RecordReader, sites: Sites, router: EntryRouter) -> None:
        self._bundles = bundles
        self._reader = reader
        self._sites = sites
        self._router = router

    def perform(self, scope: AccessScope, call: Call) -> Answer:
        """200 with a response for each entry, in their order; raises what a transaction fails for."""
        refuse_parameters(call, "a Bundle of requests takes no parameters: each entry has its own")
        asked = read_bundle(call.body, "transaction", "batch")
        base = self._sites.of(scope).fhir_base
        route = self._router.route(scope, base, call.now)
        perform = self._bundles.transaction if asked.kind == "transaction" else self._bundles.batch
        done = perform(scope, asked, route)
        texts = self._texts(scope, done) if call.prefers("return") == REPRESENTATION else {}
        return Answer(200, bundle(f"{asked.kind}-response", (_entry(each, base, texts) for each in done)))

    def _texts(self, scope: AccessScope, done: Sequence[Done[Answer]]) -> Mapping[str, bytes]:
        versions = [each.version for each in done if isinstance(each, Written)]
        return self._reader.texts(scope, [each for each in versions if not each.deleted])


def alone(request: EntryRequest, route: Callable[[EntryRequest], EntryCall]) -> bytes:
    """The answer to one request that reads, as the Bundle of a batch with nothing else in it."""
    done: Done[Answer]
    try:
        done = route(request).answer()
    except (HilumError, ProfileError) as error:
        done = error
    return bundle("batch-response", [_entry(done, "", {})])


def _entry(done: Done[Answer], base: str, texts: Mapping[str, bytes]) -> AnswerEntry:
    if done is None:
        return AnswerEntry(beside={"response": {"status": _line(HTTPStatus.NO_CONTENT)}})
    if isinstance(done, Written):
        return _written(done, base, texts)
    if isinstance(done, HilumError | ProfileError):
        return _failed(done)
    return _read(done)


def _written(done: Written, base: str, texts: Mapping[str, bytes]) -> AnswerEntry:
    version = done.version
    response = {
        "status": _line(HTTPStatus.NO_CONTENT if version.deleted else status_of(done)),
        "etag": version_tag(version.version_id),
        "lastModified": instant(version.last_updated),
    }
    if version.deleted:
        return AnswerEntry(beside={"response": response})
    full_url = f"{base}/{version.resource_type}/{version.resource_id}"
    answer = {"response": {**response, "location": location(base, version)}}
    return AnswerEntry(full_url, texts.get(version.key, b""), answer)


def _failed(error: HilumError | ProfileError) -> AnswerEntry:
    problem = problem_of(error)
    response = {"status": _line(problem.status), "outcome": operation_outcome(problem)}
    return AnswerEntry(beside={"response": response})


def _read(answer: Answer) -> AnswerEntry:
    response = {"status": _line(answer.status)}
    if "ETag" in answer.headers:
        response["etag"] = answer.headers["ETag"]
    return AnswerEntry(resource=answer.body, beside={"response": response})


def _line(status: int) -> str:
    found = HTTPStatus(status)
    return f"{found.value} {found.phrase}"
