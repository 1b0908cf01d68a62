"""The parts of a process that know terminology, each made when it is first asked for."""

from functools import cached_property

from app.records import Records
from app.records.packages.loading import DefinitionWriting
from app.records.packages.terminology import TerminologyPackages
from app.terminology import (
    Closures,
    CodeSystems,
    ConceptMaps,
    Definitions,
    TenantCodeSets,
    TenantMembership,
    TerminologyUses,
    ValueSets,
)
from app.terminology.loading import ConceptLoader
from app.terminology.release_loading import ReleaseLoader
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.session import Graph
from graph.terminology.closures import ClosureStore
from graph.terminology.concepts import ConceptStore
from graph.terminology.loading import ConceptSourceStore, LoadedTerminology
from graph.terminology.systems import LoadedSystems


class TerminologyWiring:
    """The terminology of one process on a graph."""

    def __init__(self, graph: Graph, resources: ResourceStore) -> None:
        self._graph = graph
        self._resources = resources

    @cached_property
    def concepts(self) -> ConceptStore:
        """The tree of what ships and what tenants have brought in."""
        return ConceptStore(self._graph)

    @cached_property
    def definitions(self) -> Definitions:
        """Where definitions are found by their canonicals."""
        return Definitions(self._resources, LoadedSystems(self._graph))

    @cached_property
    def loader(self) -> ConceptLoader:
        """Brings concepts into the graph."""
        return ConceptLoader(self._resources, ConceptSourceStore(self._graph))

    def loaded(self, scope: AccessScope) -> list[LoadedTerminology]:
        """The code systems of a tenant whose codes are in the graph."""
        return ConceptSourceStore(self._graph).loaded(scope)

    @cached_property
    def uses(self) -> TerminologyUses:
        """The use cases."""
        return TerminologyUses(
            value_sets=ValueSets(self.definitions),
            code_systems=CodeSystems(self.definitions, self.concepts),
            concept_maps=ConceptMaps(self.definitions),
            closures=Closures(self.definitions, ClosureStore(self._graph)),
        )

    def packages(self, records: Records) -> TerminologyPackages:
        """What loads definitions from files, on the normal way of writing."""
        return TerminologyPackages(
            DefinitionWriting(records, self.definitions, versioned=True),
            DefinitionWriting(records, self.definitions, versioned=False),
            self.definitions,
            self.loader,
            ReleaseLoader(self._resources, ConceptSourceStore(self._graph)),
        )

    def code_sets(self, scope: AccessScope) -> TenantCodeSets:
        """The sets of codes that a caller may search by."""
        return TenantCodeSets(self.definitions, self.uses.code_systems, self.concepts, scope)

    def membership(self, scope: AccessScope) -> TenantMembership:
        """What checks codes against value sets, by what a caller may see."""
        return TenantMembership(self.definitions, scope)
