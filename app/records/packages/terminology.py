"""The use case that loads code systems, value sets and concept maps from files, as resources of their own."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.records.packages.loading import DefinitionWriting, LoadedDefinition
from app.records.packages.reading import resources_in
from app.terminology.loading import ConceptLoader
from graph.scope import AccessScope

KINDS = frozenset({"CodeSystem", "ValueSet", "ConceptMap"})


class TerminologyPackages:
    """Loads definitions on the normal way of writing, each version of a canonical as a resource."""

    def __init__(self, writing: DefinitionWriting, loader: ConceptLoader) -> None:
        self._writing = writing
        self._loader = loader

    def load(self, scope: AccessScope, paths: Sequence[Path]) -> Iterator[LoadedDefinition]:
        """Store the definitions of files and folders, one after the other; run again, it goes on.

        Raises `Invalid` for a file that cannot be read.
        """
        for path in paths:
            for text in resources_in(path, KINDS):
                yield self._writing.written(scope, text)

    def bring_in(self, scope: AccessScope) -> int:
        """Bring the concepts of what was stored into the graph; how many were written."""
        return sum(self._loader.catch_up(scope))
