"""The use case that finds the last observations of each code (FHIR R4 observation-operation-lastn.html).

Observations are of one kind where they share a coding; those without any, each by itself.
"""

from collections.abc import Iterable, Mapping, Sequence

from app.records.search import RecordSearch, sorts_of
from graph.budget import CREDIT, spend
from graph.errors import Invalid, TooLarge
from graph.query.expression import Field, Kind, Page, Question
from graph.query.limits import LARGEST_PAGE
from graph.query.prices import QUESTION, price
from graph.records import ResourceVersion
from graph.resources.codings import CodingStore
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

MOST_LOOKED = LARGEST_PAGE - 1  # observations that are grouped
MOST_TOLD = 1_000
_LOOKING = 100  # the price of looking through them
_WHOSE = frozenset({"patient", "subject"})
_WHAT = frozenset({"code", "category"})
_CODE = Field("Observation", "code", Kind.TERM)


class LatestObservations:
    """Finds observations."""

    def __init__(self, search: RecordSearch, resources: ResourceStore, codings: CodingStore) -> None:
        self._search = search
        self._resources = resources
        self._codings = codings

    def latest(
        self, scope: AccessScope, criteria: Iterable[tuple[str, str]], most: int
    ) -> tuple[ResourceVersion, ...]:
        """The last `most` of each kind among those that criteria find, the newest first.

        Raises `Invalid` where they name no patient and neither code nor category, `TooLarge` where there are
        too many to look through or to tell.
        """
        scope.require("fhir.read")
        pairs = tuple(criteria)
        _require(pairs)
        where = self._search.understood(scope, "Observation", pairs).where
        spend(QUESTION + price(where) + _LOOKING, CREDIT)
        page = Page(MOST_LOOKED, sorts_of("Observation", "-date"))
        found = self._resources.search(scope, Question("Observation", where, page))
        if found.after is not None:
            raise TooLarge(f"more than {MOST_LOOKED} observations: ask for fewer", code="too-costly")
        kept = _last_of_each(found.keys, self._codings.of(scope, _CODE, found.keys), most)
        if len(kept) > MOST_TOLD:
            raise TooLarge(f"more than {MOST_TOLD} observations: ask for fewer codes", code="too-costly")
        versions = [each for each in self._resources.bodies(scope, kept) if not each.deleted]
        scope.concerns(key for each in versions for key in each.whose)
        return tuple(versions)


def _require(pairs: Sequence[tuple[str, str]]) -> None:
    """The operation is about somebody, and about something (observation-operation-lastn.html#notes)."""
    names = {name.partition(":")[0].partition(".")[0] for name, _ in pairs}
    if not names & _WHOSE:
        raise Invalid("$lastn needs a patient or subject", location="patient", code="required")
    if not names & _WHAT:
        raise Invalid("$lastn needs a category or code", location="category", code="required")


def _last_of_each(
    keys: Sequence[str], codings: Mapping[str, Sequence[tuple[str, str]]], most: int
) -> list[str]:
    """The first `most` of each kind, in the order of the keys."""
    kinds: dict[tuple[str, str], int] = {}
    counts: dict[int, int] = {}
    kept = []
    for place, key in enumerate(keys):
        own = codings.get(key, ())
        kind = next((kinds[each] for each in own if each in kinds), place)
        for each in own:
            kinds.setdefault(each, kind)
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= most:
            kept.append(key)
    return kept
