"""In which forms frames can go out, and which of them somebody takes (PS3.18 8.7.3.3.2, table 8.7.3-5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.http.kit.negotiation import MediaRange, MediaType, media_type, weigh
from app.imaging.render.targets import FRAME_TARGETS, LOSSY
from app.imaging.retrieve import frame_media_type, frame_syntaxes, is_big_endian, is_encapsulated
from graph.errors import NotAcceptable
from graph.records import StoredInstance

MOST_TRIES = 3  # forms that are tried before the caller is told why the last one cannot be had
_OCTETS = "application/octet-stream"
_SYNTAX = "transfer-syntax"
_OLD_NAMES: Mapping[str, tuple[str, ...]] = {  # by which viewers still ask
    "image/jphc": ("image/jhc",),
    "image/jls": ("image/x-jls",),
    "image/dicom-rle": ("image/x-dicom-rle",),
}


@dataclass(frozen=True, slots=True)
class FrameForm:
    """A media type with its transfer syntax; `alone` without multipart; `stored` as the bytes are kept."""

    media_type: MediaType
    alone: bool
    stored: bool

    @property
    def transfer_syntax_uid(self) -> str:
        """The transfer syntax of the frames in this form."""
        return self.media_type.parameters[_SYNTAX]


def frame_forms(
    instance: StoredInstance, ranges: Sequence[MediaRange], *, alone: bool
) -> Sequence[FrameForm]:
    """The forms of frames that a caller takes, the most wanted first, what is stored before what is made.

    `alone`: one frame, which may come as a single part. Raises `NotAcceptable` where no form is taken.
    """
    most = max((each.weight for each in ranges), default=0.0)
    taken: list[tuple[float, FrameForm]] = []
    for form in _forms(instance, alone=alone):
        if (weight := _weight(ranges, form, instance)) > 0:
            taken.append((weight, form))
        if form.stored and weight == most:  # nothing that is made can be wanted more
            break
    if not taken:
        names = [str(form.media_type) for form in _forms(instance, alone=True)]
        raise NotAcceptable("the frames are given out in other media types", location="Accept", offered=names)
    taken.sort(key=lambda weighed: -weighed[0])
    return [form for _, form in taken[:MOST_TRIES]]


def _forms(instance: StoredInstance, *, alone: bool) -> Iterator[FrameForm]:
    for kind, stored in (*_stored_types(instance), *_other_types(instance)):
        yield FrameForm(kind, alone=False, stored=stored)
        if alone:
            yield FrameForm(kind, alone=True, stored=stored)


def _stored_types(instance: StoredInstance) -> Iterator[tuple[MediaType, bool]]:
    """The media types of a frame as it is stored: an image where it is one, and octets."""
    uid = instance.transfer_syntax_uid
    image = frame_media_type(uid)
    for name in (*_names(image), _OCTETS) if image else (_OCTETS,):
        for syntax in frame_syntaxes(uid):
            yield media_type(name, transfer_syntax=syntax), True


def _other_types(instance: StoredInstance) -> Iterator[tuple[MediaType, bool]]:
    """The media types that a frame can be made into."""
    for syntax, name in FRAME_TARGETS.items():
        if syntax not in frame_syntaxes(instance.transfer_syntax_uid):
            for each in _names(name):
                yield media_type(each, transfer_syntax=syntax), False


def _names(name: str) -> tuple[str, ...]:
    return (name, *_OLD_NAMES.get(name, ()))


def _weight(ranges: Sequence[MediaRange], form: FrameForm, instance: StoredInstance) -> float:
    """How much a form is wanted; what loses, and octets of it, only by a caller who knows what they are."""
    offer = form.media_type
    if not form.alone:
        offer = offer.in_parts
    if form.stored and form.media_type.name == _OCTETS:
        ranges = [each for each in ranges if _knows(each, instance.transfer_syntax_uid)]
    if not form.stored and form.transfer_syntax_uid in LOSSY:
        ranges = [each for each in ranges if each.parameters.get(_SYNTAX, "*") != "*"]
    return weigh(ranges, offer)


def _knows(wanted: MediaRange, uid: str) -> bool:
    """Whether octets of this syntax do not pass for little endian pixels, the default (8.7.3.3.2).

    Big endian pixels go to whoever names their transfer syntax, or any; compressed frames also to whoever
    takes any media type, and reads which one came.
    """
    if _SYNTAX in wanted.parameters:
        return True
    if is_encapsulated(uid):
        return wanted.type == "*" or wanted.parameters.get("type") == "*/*"
    return not is_big_endian(uid)
