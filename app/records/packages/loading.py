"""Writes the definitions of files as every client would, under their canonicals."""

from dataclasses import dataclass

from app.records.write.records import Records
from app.terminology.library import Definitions
from fhir_profiles.documents import stamp
from fhir_profiles.issues import ProfileError
from fhir_profiles.terminology.decimals import document_of
from graph.clock import instant, now
from graph.errors import HilumError
from graph.scope import AccessScope

NEW, CHANGED, KNOWN, REFUSED = OUTCOMES = ("new", "changed", "known", "refused")


@dataclass(frozen=True, slots=True)
class LoadedDefinition:
    """What became of one definition: its `outcome` is one of `OUTCOMES`, `why` says why it was refused."""

    kind: str
    url: str
    version: str
    outcome: str = KNOWN
    why: str = ""

    @property
    def name(self) -> str:
        """What it is called, for who is told of it."""
        return f"{self.kind} {self.url}{f'|{self.version}' if self.version else ''}"


class DefinitionWriting:
    """Writes definitions under their canonicals, by the rights of who loads them.

    `versioned`: each version of a canonical is a resource of its own, else there is one to a canonical.
    """

    def __init__(self, records: Records, every: Definitions, *, versioned: bool) -> None:
        self._records = records
        self._every = every
        self._versioned = versioned

    def written(self, scope: AccessScope, text: bytes, wrong: str | None = None) -> LoadedDefinition:
        """Write a definition unless the same is there; `wrong` is why it is refused unread."""
        document = document_of(text)
        kind, url, version = document["resourceType"], document.get("url"), document.get("version")
        told = (kind, str(url or ""), str(version or ""))
        if not isinstance(url, str):
            return LoadedDefinition(*told, REFUSED, "it has no url")
        if wrong is not None:
            return LoadedDefinition(*told, REFUSED, wrong)
        try:
            return LoadedDefinition(*told, self._outcome(scope, text, kind, url, version))
        except (HilumError, ProfileError) as error:
            return LoadedDefinition(*told, REFUSED, str(error))

    def _outcome(self, scope: AccessScope, text: bytes, kind: str, url: str, version: str | None) -> str:
        library = self._every.library(scope)
        there = library.stored(kind, url, version) if self._versioned else library.newest(kind, url)
        if there is None:
            self._records.create(scope, kind, text)
            return NEW
        if library.says(there, document_of(text)):
            return KNOWN
        own = stamp(text, there.resource_id, "1", instant(now()))
        self._records.update(scope, kind, there.resource_id, own)
        return CHANGED
