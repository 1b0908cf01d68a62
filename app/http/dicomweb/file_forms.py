"""In which transfer syntax an instance goes out, by what somebody takes (PS3.18 8.7.3.5.2, 8.7.8)."""

from collections.abc import Sequence
from dataclasses import replace

from app.http.kit.negotiation import MediaRange, media_type, weigh
from app.imaging.render.targets import EXPLICIT_LITTLE, WHOLE_TARGETS
from app.imaging.retrieve import is_encapsulated
from graph.records import StoredInstance

DICOM = "application/dicom"
SYNTAX = "transfer-syntax"


def with_defaults(ranges: Sequence[MediaRange]) -> tuple[MediaRange, ...]:
    """The ranges with the default transfer syntax on those that name application/dicom and no other.

    The default is explicit VR little endian (8.7.3.5.2); who takes any media type takes what is stored.
    """
    return tuple(
        replace(each, parameters={**each.parameters, SYNTAX: EXPLICIT_LITTLE})
        if DICOM in (each.name, each.parameters.get("type")) and SYNTAX not in each.parameters
        else each
        for each in ranges
    )


def syntax_wanted(instance: StoredInstance, ranges: Sequence[MediaRange], *, single: bool) -> str | None:
    """The transfer syntax in which an instance is wanted most, of equals the stored one; None: in none.

    The ranges are those of `with_defaults`. What has no pixels is the same in every syntax that compresses
    them, and goes out as it is.
    """
    stored = instance.transfer_syntax_uid
    heaviest = max((each.weight for each in ranges), default=0.0)
    if _weight(ranges, stored, single=single) >= heaviest > 0:
        return stored
    weights = {uid: _weight(ranges, uid, single=single) for uid in (stored, *WHOLE_TARGETS)}
    wanted = max(weights, key=lambda uid: weights[uid])
    if weights[wanted] <= 0:
        return None
    pixels = instance.frames is None or instance.frames or is_encapsulated(stored)
    return wanted if pixels or not is_encapsulated(wanted) else stored


def offered_syntaxes(instances: Sequence[StoredInstance], *, single: bool) -> list[str]:
    """The media types that these instances can be asked for in, stored syntaxes first."""
    stored = (each.transfer_syntax_uid for each in instances)
    files = (media_type(DICOM, transfer_syntax=uid) for uid in (*stored, *WHOLE_TARGETS))
    return list(dict.fromkeys(str(each if single else each.in_parts) for each in files))


def _weight(ranges: Sequence[MediaRange], uid: str, *, single: bool) -> float:
    file = media_type(DICOM, transfer_syntax=uid)
    return weigh(ranges, file if single else file.in_parts)
