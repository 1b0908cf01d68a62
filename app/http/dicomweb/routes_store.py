"""STOW-RS, the Store transaction (PS3.18 10.5): instances in, an outcome for each out."""

from flask import Response

from app.http.dicomweb.addresses import warned
from app.http.dicomweb.dataset_answers import form_wanted, one_data_set
from app.http.dicomweb.store_parts import BodyLimits, instances_of_request
from app.http.dicomweb.store_response import place_of, response_dataset, status_of
from app.http.kit.uids import check_uids
from app.imaging.assembly import Assemblies
from app.imaging.store import Ingest
from app.site import Sites
from graph.errors import Invalid
from graph.scope import AccessScope

_SEVERAL_VALUES = "One or more indexed DICOM tag(s) have multiple values, only first value is indexed."


class StowViews:
    """The answers to a request to store."""

    def __init__(self, ingest: Ingest, assemblies: Assemblies, sites: Sites, limits: BodyLimits) -> None:
        self._ingest = ingest
        self._assemblies = assemblies
        self._sites = sites
        self._limits = limits

    def store(self, scope: AccessScope, study: str | None = None) -> Response:
        """200 where all are stored, 202 where some are or with warnings, 409 where none is.

        Table 10.5.3-1; Location names what is new (table 10.5.3-2). Raises `Unsupported` for another media
        type, `Invalid` without a part.
        """
        return self._store(scope, study, replacing=False)

    def replace(self, scope: AccessScope, study: str | None = None) -> Response:
        """The same, but what is there already under the UIDs of an instance makes room for it.

        Raises `Unsupported` for another media type, `Invalid` without a part.
        """
        return self._store(scope, study, replacing=True)

    def _store(self, scope: AccessScope, study: str | None, *, replacing: bool) -> Response:
        check_uids(study=study)
        form = form_wanted()
        with instances_of_request(self._limits, lambda: self._assemblies.begin(scope)) as parts:
            report = self._ingest.store(scope, parts, study_uid=study, replacing=replacing)
        if report.stopped and not report.outcomes:
            raise report.stopped
        if not report.outcomes:
            raise Invalid("the request has no part", location="body")
        address = self._sites.of(scope).address(scope.partition)
        response = one_data_set(response_dataset(report.outcomes, address), form, status_of(report))
        if any(outcome.several_values for outcome in report.outcomes):
            response.headers["Warning"] = warned(address, _SEVERAL_VALUES)
        if place := place_of(report.outcomes):
            response.headers["Location"] = response.headers["Content-Location"] = address + place
        return response
