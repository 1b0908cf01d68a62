"""`$export` (HL7 Bulk Data Access 2.0): how it is asked for; `bulk_routes.py` has what follows."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.interactions import Handler
from app.http.fhir.operation_input import OperationInput, operation_input
from app.http.fhir.operations import FhirOperation, Level
from app.http.fhir.parameters import interval_asked
from app.site import Sites
from app.work.bulk.exports import Exports
from app.work.bulk.wishes import ExportWish
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.references import literal
from graph.errors import Invalid
from graph.keys import resource_key
from graph.scope import AccessScope

_DEFINITION = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/{}export"
_IMPORT = "urn:hilum:OperationDefinition:import"
_NAMES = ("_outputFormat", "_since", "_until", "_type", "_typeFilter", "_elements", "patient")
NDJSON = "application/fhir+ndjson"
_FORMATS = frozenset({NDJSON, "application/ndjson", "ndjson"})
_ASYNC = "respond-async"


class ExportViews:
    """The answers to who wants an export."""

    def __init__(self, exports: Exports, sites: Sites) -> None:
        self._exports = exports
        self._sites = sites

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        rows: tuple[tuple[Level, Mapping[str, Handler], str], ...] = (
            ("system", {"Resource": self.of_system}, ""),
            ("type", {"Patient": self.of_patients}, "patient-"),
            ("instance", {"Group": self.of_group}, "group-"),
        )
        taking = FhirOperation(
            "import", ("system",), {}, permission="fhir.bulk", definition=_IMPORT, apart=True
        )
        exporting = (
            FhirOperation(
                "export", (level,), handlers, permission="fhir.bulk", definition=_DEFINITION.format(of)
            )
            for level, handlers, of in rows
        )
        return (*exporting, taking)

    def of_system(self, scope: AccessScope, call: Call) -> Answer:
        """202 for an export of everything.

        Raises `Invalid` for what it does not take.
        """
        return self._begin(scope, call, "$export", "system")

    def of_patients(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """202 for an export of what is about patients.

        Raises `Invalid` for what it does not take.
        """
        return self._begin(scope, call, f"{kind}/$export", "patient")

    def of_group(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """202 for an export of what is about the members of a Group.

        Raises `Invalid` for what it does not take.
        """
        return self._begin(scope, call, f"{kind}/{resource_id}/$export", "patient", resource_id)

    def _begin(
        self, scope: AccessScope, call: Call, path: str, level: str, group_id: str | None = None
    ) -> Answer:
        require_async(call)
        given = operation_input(call)
        if "lenient" not in call.headers.get("Prefer", ""):
            given.require_known(_NAMES)
        site = self._sites.of(scope)
        if group_id is None and level == "system" and "patient" in given.values:
            raise Invalid("an export of everything takes no patients", location="patient")
        wish = ExportWish(
            request=_address(site.fhir_base, path, given),
            level=level,
            patients=_patients(given, scope.tenant, site.fhir_base),
            **_bounds(call, given, site.zone),
        )
        job = self._exports.begin(scope, wish, group_id)
        return Answer(202, headers={"Content-Location": f"{site.fhir_base}/_exports/{job.id}"})


def require_async(call: Call) -> None:
    """Require that bulk data is asked for as an asynchronous request (Bulk Data Access, kick-off headers).

    Raises `Invalid`.
    """
    preferences = {
        each.strip().lower() for each in call.headers.get("Prefer", "").replace(";", ",").split(",")
    }
    if _ASYNC not in preferences:
        raise Invalid("this needs the header Prefer: respond-async", location="Prefer", code="required")


def input_urls(given: OperationInput) -> tuple[str, ...]:
    """The addresses of an import: `input` with the parts `type` and `url`; `inputFormat` is NDJSON.

    Raises `Invalid` for other parameters, and without any address.
    """
    given.require_known(("inputFormat", "inputSource", "input"))
    if given.text("inputFormat") not in (None, *_FORMATS):
        raise Invalid(f"{NDJSON} is the one format here", location="inputFormat")
    inputs = given.values.get("input", ())
    urls = [each.text("url") for each in inputs if isinstance(each, OperationInput)]
    if not urls or len(urls) < len(inputs) or not all(urls):
        raise Invalid("an input has a url", location="input", code="required")
    return tuple(str(each) for each in urls)


def _bounds(call: Call, given: OperationInput, zone: tzinfo) -> Mapping[str, Any]:
    """What narrows an export; it is of this moment unless it is of one before."""
    asked = given.text("_outputFormat")
    if asked is not None and asked.replace(" ", "+") not in _FORMATS:
        raise Invalid(f"{NDJSON} is the one format here", location="_outputFormat")
    since, until = (
        interval_asked(given.text(name), name, "an instant", zone) for name in ("_since", "_until")
    )
    types = tuple(dict.fromkeys(_listed(given, "_type")))
    for kind in types:
        _require_type(kind, "_type")
    filters = _filters(given)
    if types and (stray := filters.keys() - set(types)):
        raise Invalid(f"{min(stray)} is not among _type", location="_typeFilter")
    return {
        "types": types,
        "since": since[0] if since else None,
        "until": min(until[1], call.now) if until else call.now,
        "filters": filters,
        "elements": tuple(_listed(given, "_elements")),
    }


def _filters(given: OperationInput) -> Mapping[str, tuple[str, ...]]:
    """The queries of `_typeFilter` by type; a comma between two of them parts them, one within does not."""
    found: dict[str, tuple[str, ...]] = {}
    for listed in given.values.get("_typeFilter", ()):
        for each in _parted(str(listed)):
            kind, _, query = each.partition("?")
            _require_type(kind, "_typeFilter")
            if not query:
                raise Invalid("a filter is Type?query", location="_typeFilter")
            found[kind] = (*found.get(kind, ()), query)
    return found


def _parted(listed: str) -> Iterator[str]:
    """`A?x=1,2,B?y=3` as `A?x=1,2` and `B?y=3`."""
    current = ""
    for piece in listed.split(","):
        begins = piece.partition("?")[0] in RESOURCE_TYPES
        if current and begins:
            yield current
            current = piece
        else:
            current = f"{current},{piece}" if current else piece
    yield current


def _patients(given: OperationInput, tenant: str, base: str) -> tuple[str, ...] | None:
    if "patient" not in given.values:
        return None
    keys = []
    for each in given.values["patient"]:
        named = literal(each.get("reference") if isinstance(each, dict) else None, base)
        if named is None or named.type != "Patient":
            raise Invalid("patient is a Reference to a Patient", location="patient")
        keys.append(resource_key(tenant, "Patient", named.id))
    return tuple(dict.fromkeys(keys))


def _address(base: str, path: str, given: OperationInput) -> str:
    """What was asked, for the manifest."""
    pairs = (f"{name}={each}" for name in _NAMES for each in given.values.get(name, ()) if name != "patient")
    query = "&".join(pairs)
    return f"{base}/{path}" + (f"?{query}" if query else "")


def _listed(given: OperationInput, name: str) -> Iterator[str]:
    return (part for each in given.values.get(name, ()) for part in str(each).split(",") if part)


def _require_type(kind: str, name: str) -> None:
    if kind not in RESOURCE_TYPES:
        raise Invalid("there is no such resource type", location=name)
