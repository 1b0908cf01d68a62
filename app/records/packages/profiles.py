"""The use case that takes the conformance resources of a FHIR package into the record, and lists them."""

from collections.abc import Callable, Iterable, Iterator

import orjson

from app.records.packages.loading import DefinitionWriting, LoadedDefinition
from app.records.search import RecordSearch
from app.records.search.searching import TypeSearch
from app.records.search.sorting import sorts_of
from app.records.validate.library import ProfileLibrary
from fhir_profiles.conformance.definition_faults import fault_of, missing_base
from fhir_profiles.terminology.decimals import document_of
from graph.scope import AccessScope

_PAGE = 200
_PROFILE = "StructureDefinition"


class ProfileLoading:
    """Writes StructureDefinitions, ValueSets and CodeSystems, one to a canonical."""

    def __init__(self, writing: DefinitionWriting, library: ProfileLibrary, search: RecordSearch) -> None:
        self._writing = writing
        self._library = library
        self._search = search

    def load(self, scope: AccessScope, texts: Iterable[bytes]) -> Iterator[LoadedDefinition]:
        """Write each resource whose canonical is new or says something else now; tell what became of it.

        A profile waits for its base, which may come later in a package; one that nothing can be checked by is
        refused.
        """
        known, waiting, loaded = self._library.known(scope), list[bytes](), set[str]()

        def is_there(url: str) -> bool:
            return url in loaded or known.type_of(url) is not None

        for text in texts:
            if missing_base(document_of(text), is_there) is not None:
                waiting.append(text)
                continue
            yield self._written(scope, text, loaded)
            while ready := next(_ready(waiting, is_there), None):
                waiting.remove(ready)
                yield self._written(scope, ready, loaded)
        for text in waiting:
            base = missing_base(document_of(text), is_there)
            yield self._writing.written(scope, text, f"its base {base} is not known here: load that, too")

    def _written(self, scope: AccessScope, text: bytes, loaded: set[str]) -> LoadedDefinition:
        done = self._writing.written(scope, text, fault_of(document_of(text)))
        if done.kind == _PROFILE and not done.why:
            loaded.add(done.url)
        return done

    def listed(self, scope: AccessScope, kind: str) -> Iterator[LoadedDefinition]:
        """What was loaded or written of a type, in the order of its urls."""
        asked = TypeSearch(
            resource_type=kind,
            where=self._search.criteria(scope, kind, ()),
            count=_PAGE,
            sort=sorts_of(kind, "url"),
        )
        after: tuple[object, ...] | None = None
        while True:
            page = self._search.page(scope, asked, after)
            for each in page.matches:
                document = orjson.loads(each.body)
                yield LoadedDefinition(kind, str(document.get("url", "")), str(document.get("version", "")))
            if (after := page.after) is None:
                return


def _ready(waiting: Iterable[bytes], is_there: Callable[[str], bool]) -> Iterator[bytes]:
    return (each for each in waiting if missing_base(document_of(each), is_there) is None)
