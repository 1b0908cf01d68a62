"""read and vread (FHIR R4 http.html#read, #vread), with the conditional forms of a GET."""

from app.http.fhir.exchange import Answer, Call, version_headers
from app.http.fhir.shape import shape_of
from app.http.kit.conditional import is_unchanged
from app.records.read import RecordReader
from graph.errors import NotFound
from graph.records import ResourceVersion
from graph.scope import AccessScope

_LONGEST_VERSION = 18


class ReadViews:
    """The answers to a request for one resource."""

    def __init__(self, reader: RecordReader) -> None:
        self._reader = reader

    def read(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """The current version: 200, 304 where the client has it, 404, or 410 where it was deleted."""
        return _answer(call, self._reader.current(scope, kind, resource_id))

    def vread(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str, version: str) -> Answer:
        """200 with one version, as it was.

        Raises `NotFound` for what is no number of a version.
        """
        if not (version.isascii() and version.isdigit() and len(version) <= _LONGEST_VERSION):
            raise NotFound("there is no such version")
        return _answer(call, self._reader.version(scope, kind, resource_id, int(version)))


def _answer(call: Call, version: ResourceVersion) -> Answer:
    headers = version_headers(version)
    if is_unchanged(call.headers, headers["ETag"], version.last_updated):
        return Answer(304, headers=headers)
    return Answer(200, shape_of(call)(version), headers)
