"""create, update, patch and delete, with their conditional forms (R4 http.html#create, #update, #patch)."""

from http import HTTPStatus

import orjson

from app.http.fhir.exchange import GENERAL_PARAMETERS, Answer, Call, location, version_headers
from app.preconditions import preconditions
from app.queries import pairs_of
from app.records import Criteria, Records, Written
from app.records.read import RecordReader
from app.records.search import RecordSearch
from app.records.write.patching import Patching
from app.site import Sites
from fhir_profiles.patching.fhirpath_patch import read_fhirpath_patch
from fhir_profiles.patching.json_patch import JSON_PATCH, read_json_patch
from fhir_profiles.patching.patches import Patch
from graph.errors import Invalid, PreconditionFailed
from graph.records import ResourceVersion
from graph.scope import AccessScope

MINIMAL, REPRESENTATION, OUTCOME = "minimal", "representation", "OperationOutcome"
IF_NONE_EXIST = "If-None-Exist"
_ALL_OK = orjson.dumps(
    {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "information", "code": "informational", "diagnostics": "written as sent"}],
    }
)


class WriteViews:
    """The answers to a write: as much of the resource as the client prefers (http.html#ops)."""

    def __init__(
        self,
        records: Records,
        patching: Patching,
        search: RecordSearch,
        reader: RecordReader,
        sites: Sites,
    ) -> None:
        self._records = records
        self._patching = patching
        self._search = search
        self._reader = reader
        self._sites = sites

    def create(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """201 with the new resource, or 200 with the one match of If-None-Exist.

        Raises `Invalid` where If-None-Exist holds no criteria, or the address does.
        """
        refuse_parameters(call, "a create takes criteria in the header If-None-Exist, none in its address")
        unless = self._unless(scope, call, kind)
        done = self._records.create(scope, kind, call.body, unless, preconditions(call.headers))
        return self._written(scope, call, done)

    def update(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with the next version, or 201 with the first under the client's id."""
        refuse_parameters(call, "an update of an id takes no parameters")
        done = self._records.update(scope, kind, resource_id, call.body, preconditions(call.headers))
        return self._written(scope, call, done)

    def update_where(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """200 with the next version of the one resource that the query finds, 201 where it finds none.

        Several are 412. Raises `Invalid` where it asks nothing.
        """
        if not call.criteria:
            raise Invalid("an update names an id, or criteria in its query")
        found = Criteria(kind, self._search.criteria(scope, kind, call.criteria))
        done = self._records.update_where(scope, found, call.body, preconditions(call.headers))
        return self._written(scope, call, done)

    def patch(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with the version that the patch made; 404 or 410 where there is nothing to patch."""
        refuse_parameters(call, "a patch of an id takes no parameters")
        done = self._patching.patch(scope, kind, resource_id, _patch_in(call), preconditions(call.headers))
        return self._written(scope, call, done)

    def patch_where(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """200 with the patched version of the one resource that the query finds.

        404 where it finds none, 412 where it finds several. Raises `Invalid` where it asks nothing.
        """
        if not call.criteria:
            raise Invalid("a patch names an id, or criteria in its query")
        found = Criteria(kind, self._search.criteria(scope, kind, call.criteria))
        done = self._patching.patch_where(scope, found, _patch_in(call), preconditions(call.headers))
        return self._written(scope, call, done)

    def delete(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """204, whether there was something to delete or not: the tombstone is one more version."""
        refuse_parameters(call, "a delete of an id takes no parameters")
        return _gone(self._records.delete(scope, kind, resource_id, preconditions(call.headers)))

    def delete_where(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """204 for the one resource that the query finds, or where it finds none; several are 412.

        Raises `PreconditionFailed` where it asks nothing.
        """
        if not call.criteria:
            raise PreconditionFailed("a delete without an id needs criteria", code="required")
        found = Criteria(kind, self._search.criteria(scope, kind, call.criteria))
        return _gone(self._records.delete_where(scope, found, preconditions(call.headers)))

    def _unless(self, scope: AccessScope, call: Call, kind: str) -> Criteria | None:
        header = call.headers.get(IF_NONE_EXIST)
        if header is None:
            return None
        asked = pairs_of(header.rpartition("?")[2], IF_NONE_EXIST)
        pairs = [pair for pair in asked if pair[0] not in GENERAL_PARAMETERS]
        if not pairs:
            raise Invalid("If-None-Exist holds search criteria", location=IF_NONE_EXIST)
        return Criteria(kind, self._search.criteria(scope, kind, pairs))

    def _written(self, scope: AccessScope, call: Call, done: Written) -> Answer:
        """201 or 200 with Location, the version's headers, and the body that Prefer asks for."""
        base = self._sites.of(scope).fhir_base
        headers = {"Location": location(base, done.version), **version_headers(done.version)}
        return Answer(status_of(done), self._body(scope, call.prefers("return"), done.version), headers)

    def _body(self, scope: AccessScope, prefers: str | None, version: ResourceVersion) -> bytes:
        if prefers == MINIMAL:
            return b""
        if prefers == OUTCOME:
            return _ALL_OK
        return self._reader.texts(scope, [version]).get(version.key, b"")


def refuse_parameters(call: Call, advice: str) -> None:
    """Refuse what the address says beside the general parameters: a write that ignored it would do otherwise.

    Raises `Invalid` with the first.
    """
    for name, _ in call.criteria:
        raise Invalid(advice, location=name[:64], code="not-supported")


def _patch_in(call: Call) -> Patch:
    """The patch in a body: a JSON Patch by its media type, else the Parameters of a FHIRPath Patch."""
    media_type = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type == JSON_PATCH:
        return read_json_patch(call.body)
    return read_fhirpath_patch(call.body)


def status_of(done: Written) -> int:
    """201 for what is new, 200 for what was there."""
    return HTTPStatus.CREATED if done.created else HTTPStatus.OK


def _gone(done: Written | None) -> Answer:
    return Answer(204, headers=version_headers(done.version) if done else {})
