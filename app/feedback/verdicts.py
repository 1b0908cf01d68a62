"""What a reader says of a read once its outcome is known, and the schemes by which a site may sort it.

RADPEER is the American College of Radiology's scoring of peer review; peer learning sorts without a score.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from graph.wording import marked


class ReadVerdict(StrEnum):
    """Whether a read agrees with how it turned out."""

    CONCORDANT = "concordant"
    DISCORDANT_MINOR = "discordant-minor"
    DISCORDANT_MAJOR = "discordant-major"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not-applicable"


_V = ReadVerdict
JUDGING = frozenset({_V.CONCORDANT, _V.DISCORDANT_MINOR, _V.DISCORDANT_MAJOR})
"""The verdicts that count in a concordance; the others say nothing of it."""

VERDICT_WORDS: Mapping[ReadVerdict, str] = {
    _V.CONCORDANT: marked("Agrees with the outcome"),
    _V.DISCORDANT_MINOR: marked("Differs, without consequence for the patient"),
    _V.DISCORDANT_MAJOR: marked("Differs, with consequence for the patient"),
    _V.INDETERMINATE: marked("The outcome does not settle it"),
    _V.NOT_APPLICABLE: marked("The outcome is not about this read"),
}


class VerdictCategory(NamedTuple):
    """A category of a scheme: its code, its words, and the verdicts that it may be added to."""

    code: str
    words: str
    verdicts: frozenset[ReadVerdict]


_AGREES = frozenset({_V.CONCORDANT})
_MINOR, _MAJOR = frozenset({_V.DISCORDANT_MINOR}), frozenset({_V.DISCORDANT_MAJOR})
_DIFFERS = _MINOR | _MAJOR

SCHEMES: Mapping[str, tuple[VerdictCategory, ...]] = {
    "peer-learning": (
        VerdictCategory("great-call", marked("Great call"), _AGREES),
        VerdictCategory("perceptual", marked("Perceptual: it was there and not seen"), _DIFFERS),
        VerdictCategory("cognitive", marked("Cognitive: seen, and taken for something else"), _DIFFERS),
        VerdictCategory(
            "reporting", marked("Reporting: seen and known, but the report says otherwise"), _DIFFERS
        ),
        VerdictCategory("communication", marked("Communication: it did not reach who had to act"), _DIFFERS),
    ),
    "radpeer": (
        VerdictCategory("1", marked("1: concur"), _AGREES),
        VerdictCategory("2a", marked("2a: an understandable miss, unlikely to be significant"), _MINOR),
        VerdictCategory("2b", marked("2b: an understandable miss, likely to be significant"), _MAJOR),
        VerdictCategory(
            "3a", marked("3a: should be made most of the time, unlikely to be significant"), _MINOR
        ),
        VerdictCategory(
            "3b", marked("3b: should be made most of the time, likely to be significant"), _MAJOR
        ),
    ),
}
"""The schemes a site may choose, by name; the first is the default."""
DEFAULT_SCHEME = "peer-learning"


def categories_of(scheme: str, verdict: ReadVerdict) -> tuple[VerdictCategory, ...]:
    """The categories of a scheme that go with a verdict; none of a scheme that is not known."""
    return tuple(each for each in SCHEMES.get(scheme, ()) if verdict in each.verdicts)
