"""Brings the codes of a large release into the graph, from its files, a part of a transaction at a time.

The resource says which release it is and has no codes. They come in beside those of the release before and
take their place when all of them are there; who is stopped begins again, and writes over what was written.
"""

from collections.abc import Iterator

from app.terminology.loading import in_parts, row_of
from app.terminology.releases.release import LargeRelease
from fhir_profiles.terminology.parsed import entry_of, hierarchy, title_of
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.terminology.loading import BehindSystem, ConceptRow, ConceptSourceStore
from graph.terminology.systems import LARGEST_PARSED

NOT_PRESENT = "not-present"
_KIND = "CodeSystem"


class ReleaseLoader:
    """Brings releases in; `written` is how many concepts the last one wrote."""

    def __init__(self, resources: ResourceStore, store: ConceptSourceStore) -> None:
        self._resources = resources
        self._store = store
        self.written = 0

    def bring(self, scope: AccessScope, resource_id: str, release: LargeRelease) -> bool:
        """Bring in the codes of a release for a CodeSystem; false where they are there."""
        self.written = 0
        version = self._resources.read(scope, _KIND, resource_id)
        behind = BehindSystem(_KIND, version.key, resource_id, version.version_id, release=release.digest)
        if self._store.release(scope, version.key) == release.digest:
            self._store.keep(scope, behind)
            return False
        self._write(scope, behind, release)
        head = {**release.head.document(self.written), "content": "complete", "id": resource_id}
        self._store.finish(scope, behind, head, LARGEST_PARSED + 1, self.written)
        while self._store.sweep(scope, behind):
            pass
        return True

    def _write(self, scope: AccessScope, behind: BehindSystem, release: LargeRelease) -> None:
        url = release.head.url
        for part in in_parts(_rows(release)):
            self._store.write(scope, behind.source, url, part)
            self.written += len(part)
        for part in in_parts(_rows(release)):
            self._store.link(scope, behind.source, url, part)
        for links in in_parts(release.links()):
            self._store.write_maps(scope, behind.source, links)


def _rows(release: LargeRelease) -> Iterator[ConceptRow]:
    title = title_of(release.head.document())
    for place, concept in enumerate(release.concepts()):
        above = hierarchy([(concept, None)])
        yield row_of(place, concept, entry_of(title, concept, tuple(above[concept["code"]])))
