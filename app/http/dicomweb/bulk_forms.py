"""In which media types a value of bulk data goes out, and which of them a client wants (PS3.18 8.7.3.3)."""

from collections.abc import Sequence

from app.http.kit.negotiation import MediaRange, MediaType, media_type, weigh
from app.imaging.render.targets import EXPLICIT_LITTLE
from app.imaging.retrieve import StoredBulk, frame_media_type, video_media_type

OCTETS = media_type("application/octet-stream")


def forms_of(bulk: StoredBulk) -> list[MediaType]:
    """The media types of a value, the best first: that of its document or its codestreams, and octets.

    Uncompressed bytes are little endian, whatever the file is (8.7.3.3.1); compressed pixels are decoded for
    whoever wants them so, the default of octets (8.7.3.3).
    """
    syntax = bulk.instance.transfer_syntax_uid
    octets = media_type(OCTETS.name, transfer_syntax=EXPLICIT_LITTLE)
    if bulk.value.fragmented:
        named = video_media_type(syntax) or (frame_media_type(syntax) if bulk.is_split else None)
        stored = [media_type(each, transfer_syntax=syntax) for each in (named, OCTETS.name) if each]
        return [*stored, octets] if bulk.value.is_pixels else stored
    document = [media_type(bulk.value.media_type)] if bulk.value.media_type else []
    return [*document, octets if bulk.value.is_pixels else OCTETS]


def is_decoded(bulk: StoredBulk, form: MediaType) -> bool:
    """Whether a form is of pixels that are stored compressed, and are not in it."""
    return bulk.value.fragmented and form.parameters.get("transfer-syntax") == EXPLICIT_LITTLE


def weight_of(ranges: Sequence[MediaRange], bulk: StoredBulk, form: MediaType, offer: MediaType) -> float:
    """How much a form is wanted as an offer, alone or in parts.

    Octets of compressed pixels would pass for pixels: they go to whoever names their transfer syntax, or
    takes any media type and reads which one came.
    """
    if form.name == OCTETS.name and bulk.value.fragmented and not is_decoded(bulk, form):
        ranges = [each for each in ranges if _knows(each)]
    return weigh(ranges, offer)


def _knows(wanted: MediaRange) -> bool:
    return (
        "transfer-syntax" in wanted.parameters or wanted.type == "*" or wanted.parameters.get("type") == "*/*"
    )
