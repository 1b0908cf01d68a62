"""The use case that loads code systems, value sets and concept maps, as resources of their own.

They come from FHIR packages and files, from the terminologies that are known by name, and from the releases
that a site has got from their publishers.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.records.packages.loading import CHANGED, KNOWN, REFUSED, DefinitionWriting, LoadedDefinition
from app.records.packages.reading import resources_in
from app.terminology.library import Definitions
from app.terminology.loading import ConceptLoader
from app.terminology.release_loading import NOT_PRESENT, ReleaseLoader
from app.terminology.releases.recognised import opened, recognised
from app.terminology.releases.release import LargeRelease, Release, SmallRelease
from app.terminology.sources.table import TerminologySource
from fhir_profiles.terminology.decimals import json_of
from graph.scope import AccessScope

KINDS = frozenset({"CodeSystem", "ValueSet", "ConceptMap"})
_PART = "fragment"
_WHOLE = frozenset({"complete", "not-present"})  # of a release, the codes are in the graph


class TerminologyPackages:
    """Loads definitions on the normal way of writing.

    Those of files are a resource in each version, a terminology is one, and its newest version stays.
    """

    def __init__(
        self,
        each_version: DefinitionWriting,
        newest: DefinitionWriting,
        every: Definitions,
        loader: ConceptLoader,
        releases: ReleaseLoader,
    ) -> None:
        self._each_version = each_version
        self._newest = newest
        self._every = every
        self._loader = loader
        self._releases = releases
        self._written = 0

    def load(self, scope: AccessScope, paths: Sequence[Path]) -> Iterator[LoadedDefinition]:
        """Store the definitions of files and folders, one after the other; run again, it goes on.

        Raises `Invalid` for a file that cannot be read.
        """
        for path in paths:
            with opened(path) as files:
                read = recognised(files)
                yield from self._released(scope, read(files)) if read else self._stored(scope, path)

    def _stored(self, scope: AccessScope, path: Path) -> Iterator[LoadedDefinition]:
        for text in resources_in(path, KINDS):
            yield self._each_version.written(scope, text)

    def _released(self, scope: AccessScope, release: Release) -> Iterator[LoadedDefinition]:
        if isinstance(release, SmallRelease):
            for document in release.documents:
                yield self._newest.written(scope, json_of(document))
            return
        with closing(release):
            yield self._large(scope, release)

    def _large(self, scope: AccessScope, release: LargeRelease) -> LoadedDefinition:
        """Store what a release says of itself, then bring its codes in; the resource has none of them."""
        head = {**release.head.document(), "content": NOT_PRESENT}
        done = self._newest.written(scope, json_of(head))
        if done.outcome == REFUSED:
            return done
        there = self._every.library(scope).newest("CodeSystem", release.head.url)
        brought = there is not None and self._releases.bring(scope, there.resource_id, release)
        self._written += self._releases.written
        return replace(done, outcome=CHANGED) if brought and done.outcome == KNOWN else done

    def load_named(
        self, scope: AccessScope, source: TerminologySource, cache: Path
    ) -> Iterator[LoadedDefinition]:
        """Store the definitions of a terminology that is known by name; what is fetched is kept in `cache`.

        A part of a system does not take the place of all of it. Raises `Unavailable` where it cannot be had.
        """
        for document in source.documents(cache):
            yield self._kept(scope, document) or self._newest.written(scope, json_of(document))

    def bring_in(self, scope: AccessScope) -> int:
        """Bring the concepts of what was stored into the graph; how many were written, by releases too."""
        written, self._written = self._written, 0
        return written + sum(self._loader.catch_up(scope))

    def _kept(self, scope: AccessScope, document: Mapping[str, Any]) -> LoadedDefinition | None:
        """The whole of what a document is a part of, where it is there; None where the document is wanted."""
        if document.get("content") != _PART:
            return None
        kind, url = str(document["resourceType"]), str(document["url"])
        there = self._every.library(scope).newest(kind, url)
        if there is None or there.document.get("content") not in _WHOLE:
            return None
        return LoadedDefinition(kind, url, str(there.document.get("version", "")), KNOWN)
