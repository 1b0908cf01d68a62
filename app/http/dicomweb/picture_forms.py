"""In which media types what is rendered goes out (PS3.18 8.7.4), and which of them somebody takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.http.kit.negotiation import MediaRange, MediaType, media_type, weigh
from app.imaging.render.wishes import GIF, JP2, JPEG, PNG, WEBP
from app.imaging.retrieve import Showing
from graph.errors import Invalid, NotAcceptable

MOVING = frozenset({GIF, WEBP})
_PICTURES = (JPEG, PNG, GIF, WEBP, JP2)
_TEXTS = ("text/html", "text/plain", "text/xml")
MEDIA: Mapping[Showing, tuple[str, ...]] = {  # the first of each is the default (table 8.7.4-1)
    Showing.PIXELS: _PICTURES,
    Showing.STATE: _PICTURES,
    Showing.REPORT: _TEXTS,
}
_RENDERED = frozenset({*_PICTURES, *_TEXTS, "application/pdf"})
_FILES = frozenset({"application/dicom", "application/dicom+json", "application/dicom+xml"})


@dataclass(frozen=True, slots=True)
class PictureForm:
    """A media type that is wanted, and whether one item stands alone in it."""

    media_type: str
    alone: bool


def part_types(ranges: Sequence[MediaRange], shown: Iterable[Showing]) -> Mapping[Showing, str]:
    """The media type that a caller wants most of each kind of things, as parts; without those of none."""
    weighed = {
        kind: {name: weigh(ranges, _offer(name, alone=False)) for name in names}
        for kind, names in MEDIA.items()
        if kind in shown
    }
    return {
        kind: max(weights, key=lambda name: weights[name])
        for kind, weights in weighed.items()
        if max(weights.values()) > 0
    }


def picture_forms(ranges: Sequence[MediaRange], shown: Showing) -> list[PictureForm]:
    """The forms that a caller takes of such a thing, the most wanted first.

    Raises `NotAcceptable` where there is none.
    """
    weights = {
        PictureForm(name, alone): weigh(ranges, _offer(name, alone=alone))
        for name in MEDIA[shown]
        for alone in (True, False)
    }
    wanted = [form for form in weights if weights[form] > 0]
    if not wanted:
        raise NotAcceptable("it is rendered in other media types", location="Accept", offered=MEDIA[shown])
    return sorted(wanted, key=lambda form: -weights[form])


def for_several(forms: Sequence[PictureForm]) -> PictureForm:
    """The most wanted form for several items; raises `NotAcceptable` where there is none.

    A single part is for what is a single item, and not for a study that happens to be one (10.4.4).
    """
    for form in forms:
        if not form.alone:
            return form
    raise NotAcceptable(
        "several items come as multipart/related only",
        location="Accept",
        offered=in_parts(form.media_type for form in forms),
    )


def in_parts(names: Iterable[str]) -> list[str]:
    """Media types of pictures as those of an answer in parts."""
    return [str(_offer(name, alone=False)) for name in names]


def refuse_mixed(sources: Iterable[Sequence[MediaRange]]) -> None:
    """Raise `Invalid` where a header or a parameter accepts both files and what is rendered (8.7.5).

    A browser's header is not held against a link that names what it wants.
    """
    for ranges in sources:
        names = {each.parameters.get("type", each.name) for each in ranges if each.weight > 0}
        if names & _FILES and names & _RENDERED:
            raise Invalid("DICOM and rendered media types do not go together", location="Accept")


def _offer(name: str, *, alone: bool) -> MediaType:
    return media_type(name) if alone else media_type(name).in_parts
