"""Retrieve bulk data and pixel data (PS3.18 10.4.1.1.5, 10.4.1.1.6): one value, or all of a resource."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from uuid import uuid4

from flask import Response

from app.http.dicomweb.accepting import accepted
from app.http.dicomweb.bulk_forms import OCTETS, forms_of, is_decoded, weight_of
from app.http.kit.multipart import OutgoingPart, related_content_type, related_length, write_related
from app.http.kit.negotiation import MediaRange, MediaType
from app.http.kit.single_part import SinglePart, answer_single, wants_range
from app.http.kit.uids import check_uids
from app.imaging.bulk_paths import bulk_path
from app.imaging.render.targets import EXPLICIT_LITTLE
from app.imaging.retrieve import BulkRetrieval, ImagingRendering, ImagingRetrieval, StoredBulk
from app.site import Sites
from graph.errors import NotAcceptable, NotFound
from graph.records import StoredInstance
from graph.scope import AccessScope

_REFUSED = "the bulk data is stored in another media type or transfer syntax"


class BulkViews:
    """The answers to a request for bulk data."""

    def __init__(
        self, bulk: BulkRetrieval, retrieval: ImagingRetrieval, rendering: ImagingRendering, sites: Sites
    ) -> None:
        self._bulk = bulk
        self._retrieval = retrieval
        self._rendering = rendering
        self._sites = sites

    def value(self, scope: AccessScope, study: str, series: str, instance: str, path: str) -> Response:
        """200 with the value at a path, alone or as multipart/related; alone, also a range of it.

        Raises `NotFound` where the instance has none there, `NotAcceptable` where the caller takes another
        media type.
        """
        check_uids(study=study, series=series, instance=instance)
        return self._value(scope, self._bulk.value(scope, study, series, instance, bulk_path(path)))

    def document(self, scope: AccessScope, study: str, series: str, instance: str, path: str) -> Response:
        """200 with the value at a path as it is looked at: of equals alone.

        Raises `NotFound` and `NotAcceptable` as `value` does.
        """
        found = self._bulk.value(scope, study, series, instance, bulk_path(path))
        return self._value(scope, found, alone_first=True)

    def _value(self, scope: AccessScope, found: StoredBulk, *, alone_first: bool = False) -> Response:
        form, alone = _chosen(found, accepted(), alone_first=alone_first)
        if alone:
            return self.alone(scope, found, form)
        return _related(self._parts(scope, found, form), form, measured=not found.has_frames)

    def document_part(
        self, scope: AccessScope, instance: StoredInstance, path: str, ranges: Sequence[MediaRange]
    ) -> OutgoingPart | None:
        """The document at a path of an instance as one of several parts; None where its type is not accepted.

        Raises `NotFound` where there is none.
        """
        uids = (instance.study_uid, instance.series_uid, instance.sop_uid)
        found = self._bulk.value(scope, *uids, bulk_path(path))
        for bulk, form in _wanted(iter([found]), ranges):
            if form.name != OCTETS.name:
                return next(self._parts(scope, bulk, form))
        return None

    def alone(self, scope: AccessScope, found: StoredBulk, form: MediaType) -> Response:
        """200 with one value as a single part, or with a range of it where its bytes are the stored ones."""
        if is_decoded(found, form):
            return Response(self._decoded(scope, found), content_type=str(form))
        address = self._sites.of(scope).address(scope.partition)
        response = answer_single(
            SinglePart(
                str(form),
                found.value.size,
                self._retrieval.tag_of(found.instance, f"{found.value.path} {form}"),
                lambda start, end: self._bulk.chunks(found, start, end),
            )
        )
        response.headers["Content-Location"] = address + found.address
        return response

    def bulkdata(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """200 with every value that the metadata of a resource names, each with its address (10.4.3.3.5).

        Raises `NotFound` where there is none, `NotAcceptable` where none is in a media type that is accepted.
        """
        return self._all(scope, study, series, instance, pixels=False)

    def pixeldata(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """200 with the pixel data of a resource, compressed ones frame by frame (10.4.3.3.6).

        Raises `NotFound` where there is none, `NotAcceptable` where none is in a media type that is accepted.
        """
        return self._all(scope, study, series, instance, pixels=True)

    def _all(
        self, scope: AccessScope, study: str, series: str | None, instance: str | None, *, pixels: bool
    ) -> Response:
        """The values that go out in a media type that is accepted.

        Raises `NotFound` where there is no value, `NotAcceptable` where none is in such a media type.
        """
        check_uids(study=study, series=series, instance=instance)
        ranges = accepted()
        values = (
            each
            for each in self._bulk.values(self._bulk.instances(scope, study, series, instance))
            if each.value.is_pixels or not pixels
        )
        first = next(values, None)
        if first is None:
            raise NotFound("the resource has no such data")
        offered = [str(form.in_parts) for form in forms_of(first)]
        wanted = _wanted(chain([first], values), ranges)
        beginning = list(islice(wanted, 1))
        if not beginning:
            raise NotAcceptable(_REFUSED, location="Accept", offered=offered)
        parts = self._readable(scope, chain(beginning, wanted))
        first_part = next(parts, None)
        if first_part is None:
            raise NotAcceptable(_REFUSED, location="Accept", offered=offered)
        boundary = uuid4().hex
        content_type = related_content_type(beginning[0][1].name, boundary)
        return Response(write_related(chain([first_part], parts), boundary), content_type=content_type)

    def _readable(
        self, scope: AccessScope, wanted: Iterable[tuple[StoredBulk, MediaType]]
    ) -> Iterator[OutgoingPart]:
        """The parts of values, without pixels that cannot be decoded: a client sees what is missing."""
        for bulk, form in wanted:
            with suppress(NotAcceptable):
                yield from self._parts(scope, bulk, form)

    def _decoded(self, scope: AccessScope, bulk: StoredBulk) -> Iterator[bytes]:
        """The frames of compressed pixels, joined; raises `NotAcceptable` where the first cannot be had."""
        of = bulk.instance
        found = (
            of if of.frames else self._retrieval.with_frames(scope, of.study_uid, of.series_uid, of.sop_uid)
        )
        frames = self._rendering.frames(found, range(1, found.number_of_frames + 1), EXPLICIT_LITTLE)
        return chain([next(frames)], frames)

    def _parts(self, scope: AccessScope, bulk: StoredBulk, form: MediaType) -> Iterator[OutgoingPart]:
        """The parts that a value makes: one, or one of each frame that is compressed by itself."""
        address = self._sites.of(scope).address(scope.partition)
        headers = {"Content-Type": str(form), "Content-Location": address + bulk.address}
        if is_decoded(bulk, form):
            yield OutgoingPart(headers, self._decoded(scope, bulk))
        elif bulk.has_frames:
            for frame in self._bulk.frames(bulk):
                yield OutgoingPart(headers, [frame], len(frame))
        else:
            yield OutgoingPart(headers, self._bulk.chunks(bulk), bulk.value.size)


def _chosen(
    bulk: StoredBulk, ranges: Sequence[MediaRange], *, alone_first: bool = False
) -> tuple[MediaType, bool]:
    """The form that is wanted most, and whether alone; of equals parts, but for who asks for a range."""
    offers = [(form, form.in_parts, False) for form in forms_of(bulk)]
    if not bulk.has_frames:
        alone = [(form, form, True) for form in forms_of(bulk)]
        offers = [*alone, *offers] if alone_first or wants_range() else [*offers, *alone]
    weighed = [(weight_of(ranges, bulk, form, offer), form, single) for form, offer, single in offers]
    weight, form, single = max(weighed, key=lambda each: each[0])
    if weight <= 0:
        names = (str(form) for form, _, _ in offers)
        raise NotAcceptable(_REFUSED, location="Accept", offered=names)
    return form, single


def _wanted(
    values: Iterator[StoredBulk], ranges: Sequence[MediaRange]
) -> Iterator[tuple[StoredBulk, MediaType]]:
    """The values that go out in parts of a type that is accepted, each in the one that is wanted most."""
    for bulk in values:
        weighed = [(weight_of(ranges, bulk, form, form.in_parts), form) for form in forms_of(bulk)]
        weight, form = max(weighed, key=lambda each: each[0])
        if weight > 0:
            yield bulk, form


def _related(parts: Iterator[OutgoingPart], form: MediaType, *, measured: bool) -> Response:
    """The parts, with the whole length where it is known before they are read."""
    boundary = uuid4().hex
    held = list(parts) if measured else None
    body = write_related(parts if held is None else held, boundary)
    response = Response(body, content_type=related_content_type(form.name, boundary))
    if held is not None and (length := related_length(held, boundary)) is not None:
        response.headers["Content-Length"] = str(length)
    return response
