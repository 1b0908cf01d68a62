"""Under what terms the criteria of a caller are read, whoever asks: a search, a write, a Bundle."""

from collections.abc import Callable
from dataclasses import dataclass

from app.records.parameters import NOTHING_ADDED, AddedParameters
from app.records.search.canonicals import SeenCanonicals
from app.records.search.coded import CodeSets
from app.records.search.criteria import SearchContext
from app.site import Sites
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope


def _no_codes(_: AccessScope) -> CodeSets | None:
    return None


@dataclass(frozen=True, slots=True)
class SearchContexts:
    """Makes the context of a caller's criteria; without `codes` terminology is not asked."""

    sites: Sites
    resources: ResourceStore
    codes: Callable[[AccessScope], CodeSets | None] = _no_codes
    added: AddedParameters = NOTHING_ADDED

    def of(self, scope: AccessScope) -> SearchContext:
        """The context of one caller."""
        site = self.sites.of(scope)
        return SearchContext(
            tenant=scope.tenant,
            zone=site.zone,
            base=site.fhir_base,
            codes=self.codes(scope),
            canonicals=SeenCanonicals(self.resources, scope),
            added=self.added.of(scope),
        )
