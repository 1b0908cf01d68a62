"""The charts that one caller may see: pages of keys, documents, references, expansions."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from app.cohorts.language.question import Code, ConceptSet
from app.cohorts.language.vocabulary import PATIENT, patient_paths
from graph.budget import hold
from graph.errors import TooLarge
from graph.query.expression import Along, Expression
from graph.resources.references import Edge, ReferenceStore
from graph.resources.resources import ResourceStore
from graph.resources.sieve import Serials, Sieve
from graph.scope import AccessScope
from graph.terminology.concepts import AskedConcept, ConceptStore

Document: TypeAlias = Mapping[str, Any]
MOST_ROWS = 20_000
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Charts:
    """The stores that a question is answered from, asked under one caller's rights."""

    scope: AccessScope
    resources: ResourceStore
    references: ReferenceStore
    concepts: ConceptStore
    sieve: Sieve

    def serials(self, entity: str, where: Expression, among: Serials | None = None) -> Serials:
        """The creation numbers of the rows that satisfy a condition, of those of `among` where given."""
        return self.sieve.serials(entity, where, among)

    def named(self, entity: str, serials: Collection[int]) -> dict[int, str]:
        """The keys of rows by their creation numbers, in order."""
        return self.sieve.named(entity, serials)

    def few_named(self, entity: str, serials: Collection[int], path: str) -> dict[int, str]:
        """The keys of rows of which the resources are to be read.

        Raises `TooLarge` beyond `MOST_ROWS`, with the place of what asks for them.
        """
        if len(serials) > MOST_ROWS:
            raise TooLarge(
                "more than %(most)s resources would have to be read: ask for fewer by codes or a period",
                code="too-costly",
                location=path,
                most=MOST_ROWS,
            )
        return self.named(entity, serials)

    def keys(self, entity: str, where: Expression) -> list[str]:
        """Return every key that satisfies a condition.

        Raises `TooLarge` beyond `MOST_ROWS`.
        """
        return list(self.named(entity, self._few(entity, where)).values())

    def owned(self, entity: str, where: Expression, whose: Collection[str]) -> dict[str, str]:
        """Return the keys of rows of some patients that satisfy a condition, in order, each with its patient.

        Raises `TooLarge` beyond `MOST_ROWS`.
        """
        found = self._few(entity, where)
        pairs = self.sieve.pairs(entity, Along(patient_paths(entity), (PATIENT,)), found)
        named = self.named(PATIENT, frozenset(pairs.ends.tolist()))
        patients = {serial: key for serial, key in named.items() if key in whose}
        ends = sorted(zip(pairs.starts.tolist(), pairs.ends.tolist(), strict=True))
        owners = {row: patients[end] for row, end in ends if end in patients}
        return {key: owners[row] for row, key in self.named(entity, found).items() if row in owners}

    def _few(self, entity: str, where: Expression) -> Serials:
        found = self.serials(entity, where)
        if len(found) > MOST_ROWS:
            raise TooLarge(
                "more than %(most)s rows of %(entity)s: ask for fewer patients a page",
                most=MOST_ROWS,
                entity=entity,
            )
        return found

    def documents(self, keys: Sequence[str]) -> dict[str, Document]:
        """The current resources by key, as JSON.

        Raises `TooLarge` where the resources of one question grow beyond what one answer may hold.
        """
        found: dict[str, Document] = {}
        for start in range(0, len(keys), _AT_ONCE):
            for each in self.resources.bodies(self.scope, keys[start : start + _AT_ONCE]):
                hold(len(each.body))
                found[each.key] = orjson.loads(each.body)
        return found

    def edges(self, keys: Iterable[str], paths: Sequence[str], *targets: str) -> list[Edge]:
        """The references at `paths` of these resources to living ones of the types `targets`."""
        wanted = list(keys)
        return self.references.edges(self.scope, wanted, paths, targets) if wanted else []

    def expand(self, concepts: ConceptSet) -> frozenset[tuple[str | None, str]]:
        """The codings of a concept set: what it includes without what it excludes."""
        left = set(self._expanded(concepts.include))
        excluded = set(self._expanded(concepts.exclude))
        anywhere = {code for system, code in excluded if system is None}
        return frozenset(each for each in left - excluded if each[1] not in anywhere)

    def _expanded(self, codes: Iterable[Code]) -> Iterator[tuple[str | None, str]]:
        known = [each for each in codes if each.system is not None]
        yield from ((None, each.code) for each in codes if each.system is None)
        asked = [
            AskedConcept(each.system, each.code, each.descendants, each.maps)
            for each in known
            if each.system is not None
        ]
        yield from self.concepts.expand(self.scope, asked)
