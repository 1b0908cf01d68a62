"""The use case that searches resources of a type: criteria to an expression, and pages of what matches.

`understood` comes first, since which parameters counted is part of the question that a page belongs to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import orjson

from app.records.search.asked_references import require_resolved
from app.records.search.containers import Contained, ContainedMatch, ContainerSearch, matches_within
from app.records.search.contexts import SearchContexts
from app.records.search.criteria import (
    FindParameter,
    KnownCriteria,
    chained_paths,
    compartment,
    criteria,
    known_criteria,
)
from app.records.search.graphs import GRAPH_DEFINITION, graph_id, includes_of
from app.records.search.includes import ROUNDS, Include, IncludeSearch
from app.records.search.launch_patient import require_launch_patient
from app.security.policy import COUNTED, LEAST_CELL
from fhir_profiles.references import HISTORY
from graph.allowances import Deed
from graph.budget import MOST_TO_DECIDE, plan, spend
from graph.errors import Forbidden, Gone, Invalid, NotFound
from graph.query.expression import All, Expression, Page, Question, Sort
from graph.query.forms import form, subqueries
from graph.query.gathering import gathered
from graph.query.prices import INCLUDE, QUESTION, price, rows
from graph.records import Found, ResourceVersion
from graph.resources.resources import ResourceStore, VersionPage
from graph.scope import AccessScope

_HISTORY = HISTORY.encode()
READ = "fhir.read"
MOST_ESTIMATED = 5_000  # rows that an estimated total counts, some ten milliseconds
Parameters: TypeAlias = Iterable[tuple[str, str]]


class Total(StrEnum):
    """How exactly the matches are counted (search.html#total)."""

    NONE = "none"
    ESTIMATE = "estimate"
    ACCURATE = "accurate"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSearch:
    """A search of one type: its condition, how many and in which order, and what comes with the matches."""

    resource_type: str
    where: Expression
    count: int
    sort: tuple[Sort, ...] = ()
    includes: tuple[Include, ...] = ()
    total: Total = Total.NONE
    contained: Contained = Contained.FALSE
    contained_alone: bool = False


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The versions of a page: those that match, and those that were included with them.

    `after` is where the next page begins, None where this one is the last; `total` is None where it is not
    known; `cut`: more would be included than may be; `other_versions`: a chain was asked of the current
    version of what a match names in another one; `inside` are the contained resources that are shown in the
    place of what contains them, by its key.
    """

    matches: tuple[ResourceVersion, ...]
    included: tuple[ResourceVersion, ...]
    after: tuple[object, ...] | None
    total: int | None
    cut: bool
    other_versions: bool
    inside: Mapping[str, tuple[ContainedMatch, ...]] = field(default_factory=dict)


class RecordSearch:
    """Searches resources."""

    def __init__(
        self,
        resources: ResourceStore,
        includes: IncludeSearch,
        contexts: SearchContexts,
    ) -> None:
        self._resources = resources
        self._includes = includes
        self._contexts = contexts
        self._containers = ContainerSearch(resources)

    def criteria(self, scope: AccessScope, resource_type: str, parameters: Parameters) -> Expression:
        """Return the condition of criteria that decide a write.

        Raises `Invalid` for a parameter that is not known, or asks for what can never be stored, `Forbidden`
        where no scope of the token lets the type be searched.
        """
        scope.require_allowed(Deed.SEARCH, resource_type)
        pairs = tuple(parameters)
        require_resolved(resource_type, pairs)
        where = gathered(criteria(resource_type, pairs, self._contexts.of(scope)))
        spend(QUESTION + price(where), MOST_TO_DECIDE)
        plan(form(where), subqueries(where))
        return where

    def understood(
        self,
        scope: AccessScope,
        resource_type: str,
        parameters: Parameters,
        *,
        patient_id: str | None = None,
        lenient: bool = False,
    ) -> KnownCriteria:
        """The condition of a search, within a patient's compartment where one is named.

        With `lenient` handling, what is not known is left out and told of; else it is `Invalid`.
        Raises `Forbidden` where an app asks for another patient than it was opened for.
        """
        parameters = tuple(parameters)
        require_launch_patient(scope, resource_type, parameters, patient_id)
        context = self._contexts.of(scope)
        if lenient:
            found = known_criteria(resource_type, parameters, context)
        else:
            found = KnownCriteria(criteria(resource_type, parameters, context))
        where = gathered(found.where)
        if patient_id is not None:
            where = All((compartment(resource_type, patient_id), where))
        return KnownCriteria(where, found.ignored, context.find)

    def graph(
        self, scope: AccessScope, resource_type: str, text: str, find: FindParameter
    ) -> tuple[Include, ...]:
        """The includes of the GraphDefinition that `_graph` names.

        Raises `Invalid` for one that is not there to see, or cannot be followed from the type.
        """
        scope.require(READ)
        try:
            found = self._resources.read(scope, GRAPH_DEFINITION, graph_id(text))
        except (NotFound, Gone):
            raise Invalid("there is no such GraphDefinition", location="_graph", code="not-found") from None
        return includes_of(resource_type, orjson.loads(found.body), find)

    def page(self, scope: AccessScope, asked: TypeSearch, after: tuple[object, ...] | None) -> SearchPage:
        """The page that begins after a place, None for the first, with what its matches include.

        Raises `Invalid` for what is not asked of contained resources.
        """
        scope.require(READ)
        scope = scope.allowed(Deed.SEARCH, asked.resource_type)
        spend(_price_of(asked))
        found, included, cut = self._shown(scope, asked, after)
        scope.concerns(key for each in (*found.versions, *included) for key in each.whose)
        inside = self._inside(scope, asked, found.versions)
        total = len(found.versions) if after is None and found.after is None and not inside else None
        if total is None and asked.total is not Total.NONE:
            total = self.count(scope, asked)
        return SearchPage(
            found.versions,
            included,
            found.after,
            total,
            cut,
            self._names_other_versions(scope, found.versions, asked.where),
            inside,
        )

    def _shown(
        self, scope: AccessScope, asked: TypeSearch, after: tuple[object, ...] | None
    ) -> tuple[VersionPage, tuple[ResourceVersion, ...], bool]:
        """The matches of a page, what they include, and whether there was too much of that."""
        if asked.contained is Contained.FALSE and not asked.includes:
            return self._resources.page(scope, _question(asked, after)), (), False
        found = self._found(scope, asked, after)
        more = self._includes.included(scope, found.keys, asked.includes)
        matching = frozenset(found.keys)
        versions = self._resources.bodies(scope, [*found.keys, *more.keys])
        there = [version for version in versions if not version.deleted]
        named = [each for each in self._resources.versions(scope, more.versions) if not each.deleted]
        matches = tuple(each for each in there if each.key in matching)
        included = (*(each for each in there if each.key not in matching), *named)
        return VersionPage(matches, found.after), included, more.cut

    def _inside(
        self, scope: AccessScope, asked: TypeSearch, matches: Iterable[ResourceVersion]
    ) -> dict[str, tuple[ContainedMatch, ...]]:
        """The contained resources that match, by what contains them, where they are wanted alone."""
        if asked.contained is Contained.FALSE or not asked.contained_alone:
            return {}
        kind, site = asked.resource_type, self._contexts.sites.of(scope)
        return {
            each.key: matches_within(each, kind, asked.where, site)
            for each in matches
            if each.resource_type != kind
        }

    def _found(self, scope: AccessScope, asked: TypeSearch, after: tuple[object, ...] | None) -> Found:
        if asked.contained is Contained.FALSE:
            return self._resources.search(scope, _question(asked, after))
        if asked.sort:
            raise Invalid(
                "what contains a match has no order of its own", location="_sort", code="not-supported"
            )
        kind, where = asked.resource_type, asked.where
        return self._containers.page(scope, kind, where, asked.contained, count=asked.count, after=after)

    def _names_other_versions(
        self, scope: AccessScope, matches: Iterable[ResourceVersion], where: Expression
    ) -> bool:
        """Whether a chain passed over a version that a match names (search.html#versions)."""
        naming = [each.key for each in matches if _HISTORY in each.body]
        paths = tuple(chained_paths(where)) if naming else ()
        return bool(paths) and self._resources.names_other_versions(scope, naming, paths)

    def count(self, scope: AccessScope, asked: TypeSearch) -> int:
        """How many resources match; an estimate is exact up to `MOST_ESTIMATED`, and that beyond.

        It counts what the caller may see, as any count does. Raises `Invalid` where contained resources are
        to be counted alone, `Forbidden` where they are too few to be told to who is told counts only.
        """
        scope.require(READ, COUNTED[READ])
        spend(QUESTION + price(asked.where))
        most = MOST_ESTIMATED if asked.total is Total.ESTIMATE else None
        kind, where = asked.resource_type, asked.where
        if asked.contained_alone and asked.contained is not Contained.FALSE:
            text = "what contains matches is counted, not the contained ones"
            raise Invalid(text, location="_containedType", code="not-supported")
        if asked.contained is Contained.FALSE:
            found = self._resources.count(scope, kind, where, most)
        else:
            found = self._containers.count(scope, kind, where, asked.contained)
        scope.counts(found)
        if READ not in scope.permissions and found < LEAST_CELL:
            raise Forbidden(f"fewer than {LEAST_CELL} are not counted here", code="suppressed")
        return found


def _question(asked: TypeSearch, after: tuple[object, ...] | None) -> Question:
    return Question(asked.resource_type, asked.where, Page(asked.count, asked.sort, after))


def _price_of(asked: TypeSearch) -> int:
    """The price of a page, with what is to be included."""
    rounds = sum(ROUNDS if each.iterate else 1 for each in asked.includes)
    links = sum(len(each.along) for each in asked.sort)
    return QUESTION + price(asked.where) + rows(asked.count) + INCLUDE * (rounds + links)
