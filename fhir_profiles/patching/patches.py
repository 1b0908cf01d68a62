"""What a patch is, whichever language it is written in, and how one fails (RFC 5789 2.2)."""

from typing import NamedTuple, NoReturn, Protocol

from fhir_profiles.issues import Issue, ProfileError

MOST_OPERATIONS = 1_000
LONGEST_TEXT = 16 << 20
"""Characters of the patched resource: copies of copies would grow without end."""

_MOST_READ = 1 << 28  # characters that the operations of one patch may walk over together


class UnfitPatch(ProfileError):
    """The patch is well formed and cannot be applied to the resource as it is."""


class TooMuchToPatch(ProfileError):
    """The patch, or what it makes, is larger than one may be."""


class Patch(Protocol):
    """A change that was read and not applied yet."""

    def applied(self, text: str) -> str:
        """The text with the change in it, otherwise as it was; raises `UnfitPatch`."""


class PatchStep(NamedTuple):
    """One operation of a patch, by where it stands in the patch: what an issue says."""

    place: str

    def unfit(self, wrong: str, code: str = "processing") -> NoReturn:
        """Raise `UnfitPatch`."""
        raise UnfitPatch(Issue("error", code, self.place, wrong))


class TextBudget:
    """How much text the operations of one patch may walk over; each of them walks over all of it."""

    def __init__(self) -> None:
        self._left = _MOST_READ

    def over(self, text: str) -> str:
        """Return the text that the next operation works on; raises `TooMuchToPatch`."""
        self._left -= len(text)
        if len(text) > LONGEST_TEXT or self._left < 0:
            raise TooMuchToPatch(
                Issue("error", "too-long", "", "the operations of the patch are too many for so long a text")
            )
        return text
