"""The use case that loads code systems, value sets and concept maps from files, as resources of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.records.packages.reading import resources_in
from app.records.write.records import Records
from app.terminology.library import Definitions
from app.terminology.loading import ConceptLoader
from fhir_profiles.documents import stamp
from fhir_profiles.issues import ProfileError
from fhir_profiles.terminology.decimals import document_of
from graph.clock import instant, now
from graph.errors import HilumError
from graph.scope import AccessScope

KINDS = frozenset({"CodeSystem", "ValueSet", "ConceptMap"})
STORED, KNOWN, REFUSED = "stored", "known", "refused"


@dataclass(frozen=True, slots=True)
class LoadedDefinition:
    """What became of one definition: stored, known already, or refused; `reason` says why."""

    name: str
    outcome: str
    reason: str = ""


class TerminologyPackages:
    """Loads definitions on the normal way of writing, under the rights of who loads them."""

    def __init__(self, records: Records, every: Definitions, loader: ConceptLoader) -> None:
        self._records = records
        self._every = every
        self._loader = loader

    def load(self, scope: AccessScope, paths: Sequence[Path]) -> Iterator[LoadedDefinition]:
        """Store the definitions of files and folders, one after the other; run again, it goes on.

        One of a canonical and version that is there takes its place as the next version of it, unless it says
        the same. Raises `Invalid` for a file that cannot be read.
        """
        for path in paths:
            for text in resources_in(path, KINDS):
                yield self._stored(scope, text)

    def bring_in(self, scope: AccessScope) -> int:
        """Bring the concepts of what was stored into the graph; how many were written."""
        return sum(self._loader.catch_up(scope))

    def _stored(self, scope: AccessScope, text: bytes) -> LoadedDefinition:
        document = document_of(text)
        kind, url, version = document["resourceType"], document.get("url"), document.get("version")
        name = f"{kind} {url}|{version}" if version else f"{kind} {url}"
        try:
            there = self._every.library(scope).stored(kind, url, version) if url else None
            if there is None:
                self._records.create(scope, kind, text)
            elif there.says(document):
                return LoadedDefinition(name, KNOWN)
            else:
                own = stamp(text, there.resource_id, "1", instant(now()))
                self._records.update(scope, kind, there.resource_id, own)
        except (HilumError, ProfileError) as error:
            return LoadedDefinition(name, REFUSED, str(error))
        return LoadedDefinition(name, STORED)
