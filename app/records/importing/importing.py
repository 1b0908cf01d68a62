"""The use case that takes in many resources, each under its own id: created, updated, or left as it is.

A resource whose text is the stored one is not written anew, so what was interrupted is run again from any
place before. Each line fails by itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.records.importing.units import PutResources
from app.records.write.receiving import Prepared, prepare, receive, require_targets
from app.records.write.terms import WritingTerms
from app.records.write.writing import Written, noted
from fhir_profiles.issues import ProfileError
from graph.commit.committer import Failure
from graph.errors import HilumError, Invalid, TooLarge, Unavailable
from graph.records import ResourceVersion
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope


class LineState(StrEnum):
    """What became of a line."""

    CREATED = "created"
    UPDATED = "updated"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What became of one line; `failure` says why it was refused."""

    state: LineState
    failure: Failure | None = None


class RecordImport:
    """Takes resources into one gateway."""

    def __init__(self, resources: ResourceStore, terms: WritingTerms) -> None:
        self._resources = resources
        self._terms = terms

    def prepared(self, scope: AccessScope, texts: Iterable[bytes | None]) -> list[Prepared | Failure]:
        """Read, validate and prepare the texts of resources, None for one that is too long."""
        return [self._prepared(scope, each) for each in texts]

    def write(self, scope: AccessScope, prepared: Sequence[Prepared | Failure]) -> list[LineOutcome]:
        """Write what was prepared, in its order; what became of each.

        Raises `Unavailable` where the graph does not answer.
        """
        scope.require("fhir.write")
        outcomes: dict[int, LineOutcome] = {
            place: LineOutcome(LineState.REFUSED, each)
            for place, each in enumerate(prepared)
            if not isinstance(each, Prepared)
        }
        for wave in _waves(prepared):
            stored = self._stored(scope, wave.values())
            known = {at for at, each in wave.items() if _is_stored(each, stored.get(each.key))}
            outcomes |= dict.fromkeys(known, LineOutcome(LineState.KNOWN))
            new = {at: each for at, each in wave.items() if at not in known}
            outcomes |= dict(zip(new, self._written(scope, tuple(new.values())), strict=True))
        return [outcomes[place] for place in range(len(prepared))]

    def _prepared(self, scope: AccessScope, text: bytes | None) -> Prepared | Failure:
        if text is None:
            return TooLarge("the line is longer than HILUM_FHIR_BUNDLE")
        try:
            received = receive(text)
            if received.resource_id is None:
                return Invalid("what is imported brings its id", location="id", code="required")
            scope.require_writing(received.resource_type)
            require_targets(received)
            self._terms.require_met(scope, received.document)
            return prepare(received, self._terms.at(scope), scope.tenant, received.resource_id)
        except (HilumError, ProfileError) as error:
            return error

    def _stored(self, scope: AccessScope, wave: Iterable[Prepared]) -> Mapping[str, ResourceVersion]:
        found = self._resources.bodies(scope, [each.key for each in wave])
        return {each.key: each for each in found}

    def _written(self, scope: AccessScope, prepared: tuple[Prepared, ...]) -> list[LineOutcome]:
        if not prepared:
            return []
        try:
            done: list[Written | Failure] = [*self._resources.commit(scope, self._unit(scope, prepared))]
        except Unavailable:
            raise
        except (HilumError, ProfileError):  # one of them, which its own unit tells
            units = [self._unit(scope, (each,)) for each in prepared]
            each_done = self._resources.commit_each(scope, units)
            done = [each[0] if isinstance(each, list) else each for each in each_done]
        return [_outcome(noted(scope, each)) for each in done]

    def _unit(self, scope: AccessScope, prepared: tuple[Prepared, ...]) -> PutResources:
        return PutResources(scope=scope, site=self._terms.at(scope), prepared=prepared)


def _waves(prepared: Sequence[Prepared | Failure]) -> Iterator[dict[int, Prepared]]:
    """Parts in which no resource stands twice, by their places; what stands twice comes later again."""
    waves: list[dict[int, Prepared]] = []
    counts: dict[str, int] = {}
    for place, each in enumerate(prepared):
        if isinstance(each, Prepared):
            wave = counts.get(each.key, 0)
            counts[each.key] = wave + 1
            if wave == len(waves):
                waves.append({})
            waves[wave][place] = each
    return iter(waves)


def _is_stored(prepared: Prepared, stored: ResourceVersion | None) -> bool:
    if stored is None or stored.deleted:
        return False
    return prepared.stamped(stored.version_id, stored.last_updated) == stored.body


def _outcome(done: Written | Failure) -> LineOutcome:
    if not isinstance(done, Written):
        return LineOutcome(LineState.REFUSED, done)
    return LineOutcome(LineState.CREATED if done.created else LineState.UPDATED)
