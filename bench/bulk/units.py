"""The units of work by which a population enters a graph."""

from dataclasses import dataclass

import orjson

from app.records.write.receiving import Received, prepare
from app.records.write.units import UpdateResource
from fhir_profiles.mapping.endpoint import endpoint
from graph.commit import Draft, Unit, View
from graph.resources.writing import VERSIONS
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.arriving import endpoint_key
from graph.studies.identity import made_by_hilum


def written_whole(scope: AccessScope, site: Site, text: str) -> UpdateResource:
    """The first version of a resource, under the id that its text says."""
    document = orjson.loads(text)
    prepared = prepare(Received(text.encode(), document), site, scope.tenant, document["id"])
    return UpdateResource(prepared=prepared, scope=scope, site=site)


@dataclass(frozen=True, slots=True)
class MakeEndpoint(Unit[None]):
    """The Endpoint of a partition, which else comes with the first picture."""

    scope: AccessScope
    site: Site

    @property
    def key(self) -> str:
        """Its key."""
        return endpoint_key(self.scope.tenant, self.scope.partition, self.site)

    def decide(self, view: View, draft: Draft) -> None:
        """Draft it as the first picture does."""
        partition = self.scope.partition
        made = endpoint(self.site.address(partition), id=self.site.endpoint_id(partition))
        draft.add(VERSIONS, made_by_hilum(view, made, self.site))
