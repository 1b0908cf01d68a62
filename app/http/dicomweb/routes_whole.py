"""A study, series or instance in the form that is asked for: DICOM files, a zip of them, or its bulk data."""

from collections.abc import Callable, Iterator, Sequence

from flask import Response

from app.http.dicomweb.accepting import accepted
from app.http.dicomweb.routes_bulk import BulkViews
from app.http.dicomweb.routes_retrieve import WadoViews
from app.http.kit.negotiation import MediaRange, MediaType, weigh
from app.http.kit.uids import check_uids
from app.http.kit.zip_stream import Member, write_zip
from app.imaging.retrieve import ImagingRetrieval
from graph.records import StoredInstance
from graph.scope import AccessScope

_DICOM = MediaType("application", "dicom")
_DICOM_PARTS = _DICOM.in_parts
_ZIP = MediaType("application", "zip")


class WholeViews:
    """The answers to a request for a resource itself."""

    def __init__(self, files: WadoViews, bulk: BulkViews, retrieval: ImagingRetrieval) -> None:
        self._files = files
        self._bulk = bulk
        self._retrieval = retrieval

    def whole(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """200 with the resource in the form that is wanted most; of equals DICOM files.

        Raises `NotAcceptable` where the caller takes none.
        """
        check_uids(study=study, series=series, instance=instance)
        answer = self._form(accepted(), one=instance is not None)
        return answer(scope, study, series, instance)

    def _form(self, ranges: Sequence[MediaRange], *, one: bool) -> Callable[..., Response]:
        files = max(weigh(ranges, _DICOM_PARTS), weigh(ranges, _DICOM) if one else 0)
        zipped = weigh(ranges, _ZIP)
        if zipped > files:
            return self.zipped
        if files == 0 and any(each.type == "multipart" for each in ranges):
            return self._bulk.bulkdata  # bulk data of a resource itself, by its media type (PS3.18 B.10)
        return self._files.instances

    def zipped(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """200 with a zip of the stored files; raises `NotFound`."""
        found = self._retrieval.instances(scope, study, series, instance)
        response = Response(write_zip(self._members(found)), content_type=str(_ZIP))
        response.headers["Content-Disposition"] = 'attachment; filename="dicom.zip"'
        return response

    def _members(self, instances: Sequence[StoredInstance]) -> Iterator[Member]:
        """The files, under names that are numbers: series in the order of storing, and instances in them."""
        series: dict[str, int] = {}
        numbers: dict[str, int] = {}
        for each in instances:
            folder = series.setdefault(each.series_uid, len(series) + 1)
            number = numbers[each.series_uid] = numbers.get(each.series_uid, 0) + 1
            yield Member(f"{folder:05}/{number:06}.dcm", each.size, self._retrieval.chunks(each))
