"""WADO-RS, the Retrieve transaction for instances (PS3.18 10.4): the files, stored or transcoded.

What is stored goes out byte for byte. Whoever names application/dicom and no transfer syntax gets explicit VR
little endian, where the instance can be had in it without a loss, and else the stored one (8.7.3.5.2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import uuid4

from flask import Response, request
from werkzeug.wsgi import wrap_file

from app.http.dicomweb.accepting import accepted, accepted_apart
from app.http.dicomweb.addresses import path_of
from app.http.dicomweb.file_forms import DICOM, SYNTAX, offered_syntaxes, syntax_wanted, with_defaults
from app.http.dicomweb.picture_forms import refuse_mixed
from app.http.kit.multipart import OutgoingPart, related_content_type, related_length, write_related
from app.http.kit.negotiation import MediaRange
from app.http.kit.single_part import SinglePart, answer_single
from app.http.kit.uids import check_uids
from app.imaging.retrieve import ImagingRendering, ImagingRetrieval, ahead
from app.site import Sites
from graph.errors import NotAcceptable
from graph.records import StoredInstance
from graph.scope import AccessScope

_CHUNK = 1 << 20
_AHEAD = 2  # instances that are transcoded while one is sent


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is accepted, defaults filled in, and the transfer syntaxes that are asked for by their names.

    `address` is the base of DICOMweb for whoever asks.
    """

    ranges: Sequence[MediaRange]
    named: frozenset[str | None]
    address: str


class WadoViews:
    """The answers to a request for instances."""

    def __init__(self, retrieval: ImagingRetrieval, rendering: ImagingRendering, sites: Sites) -> None:
        self._retrieval = retrieval
        self._rendering = rendering
        self._sites = sites

    def instances(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """200 with the instances as multipart/related, or one of them as application/dicom.

        Raises `NotAcceptable` where the caller takes no syntax that they can be had in.
        """
        check_uids(study=study, series=series, instance=instance)
        ranges = accepted()
        refuse_mixed(accepted_apart())
        asked = _Asked(
            with_defaults(ranges),
            frozenset(each.parameters.get(SYNTAX) for each in ranges),
            self._sites.of(scope).address(scope.partition),
        )
        found = self._retrieval.instances(scope, study, series, instance)
        single = instance is not None and _prefers_single(ranges)
        unlike = {each.transfer_syntax_uid: each for each in found}.values()
        if not all(_as_stored(each, asked.ranges, single=single) for each in unlike):
            found = self._retrieval.instances(scope, study, series, instance, frames=True)
            return self._transcoded(found, asked, single=single)
        return self._whole(found[0]) if single else self._related(found, asked)

    def _whole(self, instance: StoredInstance) -> Response:
        """One file or a range of it; whole, it is handed to the server, which sends it by the kernel."""
        return answer_single(
            SinglePart(
                _content_type(instance.transfer_syntax_uid),
                instance.size,
                self._retrieval.tag_of(instance, DICOM),
                lambda start, end: self._retrieval.piece(instance, start, end),
                lambda: wrap_file(request.environ, self._retrieval.open(instance), _CHUNK),
            )
        )

    def _related(self, instances: Sequence[StoredInstance], asked: _Asked) -> Response:
        boundary = uuid4().hex
        parts = [self._stored_part(each, asked) for each in instances]
        content_type = related_content_type(DICOM, boundary)
        response = Response(write_related(parts, boundary), content_type=content_type)
        response.headers["Content-Length"] = str(related_length(parts, boundary))
        return response

    def _stored_part(self, instance: StoredInstance, asked: _Asked) -> OutgoingPart:
        headers = _headers(instance, instance.transfer_syntax_uid, asked)
        return OutgoingPart(headers, self._retrieval.chunks(instance), instance.size)

    def _transcoded(self, found: Sequence[StoredInstance], asked: _Asked, *, single: bool) -> Response:
        """The instances, each in the syntax that is wanted of it; raises `NotAcceptable`."""
        unlike = {_kind(each): each for each in found}  # a study has few kinds, and thousands of each
        wanted = {kind: syntax_wanted(each, asked.ranges, single=single) for kind, each in unlike.items()}
        jobs = [(each, uid) for each in found if (uid := wanted[_kind(each)]) is not None]
        if len(jobs) < len(found):
            raise NotAcceptable(
                "other media types or transfer syntaxes can be had",
                location="Accept",
                offered=offered_syntaxes(found, single=single),
            )
        if single:
            instance, uid = jobs[0]
            return self.single(instance, uid, insisted=uid in asked.named)
        boundary = uuid4().hex
        parts = self._parts(jobs, asked)
        first = next(parts)
        body = write_related(chain([first], parts), boundary)
        return Response(body, content_type=related_content_type(DICOM, boundary))

    def single(self, instance: StoredInstance, uid: str, *, insisted: bool) -> Response:
        """200 with one file in a transfer syntax, or a range of it.

        Where it cannot be had in that one it is the stored file, or, `insisted`, raises `NotAcceptable`.
        """
        if uid == instance.transfer_syntax_uid:
            return self._whole(instance)
        try:
            made = self._rendering.instance(instance, uid)
        except NotAcceptable:
            if insisted:
                raise
            return self._whole(instance)
        tag = self._retrieval.tag_of(instance, f"{DICOM} {uid}")
        return answer_single(SinglePart(_content_type(uid), sum(made.lengths), tag, made.between))

    def _parts(self, jobs: Sequence[tuple[StoredInstance, str]], asked: _Asked) -> Iterator[OutgoingPart]:
        """The instances as parts, a few made ahead of who takes them.

        Of several, one that cannot be transcoded comes as it is stored, and says so: a study is not withheld
        for the sake of one damaged picture.
        """
        alone = len(jobs) == 1

        def part(job: tuple[StoredInstance, str]) -> OutgoingPart:
            instance, uid = job
            if uid == instance.transfer_syntax_uid:
                return self._stored_part(instance, asked)
            try:
                made = self._rendering.instance(instance, uid)
            except NotAcceptable:
                if alone and uid in asked.named:
                    raise
                return self._stored_part(instance, asked)
            return OutgoingPart(_headers(instance, uid, asked), made.chunks(), sum(made.lengths))

        return ahead(part, jobs, _AHEAD)


def _prefers_single(ranges: Sequence[MediaRange]) -> bool:
    """Whether application/dicom is named and weighs more than multipart/related."""
    named = [each for each in ranges if each.name == DICOM]
    related = [each.weight for each in ranges if each.type == "multipart"]
    return bool(named) and max(each.weight for each in named) >= max(related, default=0.0)


def _kind(instance: StoredInstance) -> tuple[str, bool]:
    """What says in which syntax an instance is wanted: that it is in, and whether it has frames."""
    return instance.transfer_syntax_uid, bool(instance.frames)


def _as_stored(instance: StoredInstance, ranges: Sequence[MediaRange], *, single: bool) -> bool:
    """Whether the stored syntax is the one that is wanted."""
    return syntax_wanted(instance, ranges, single=single) == instance.transfer_syntax_uid


def _headers(instance: StoredInstance, transfer_syntax_uid: str, asked: _Asked) -> dict[str, str]:
    """The header lines of a part: in which syntax it is, and where it is by itself."""
    place = path_of(instance.study_uid, instance.series_uid, instance.sop_uid)
    return {"Content-Type": _content_type(transfer_syntax_uid), "Content-Location": asked.address + place}


def _content_type(transfer_syntax_uid: str) -> str:
    return f"{DICOM}; transfer-syntax={transfer_syntax_uid}"
