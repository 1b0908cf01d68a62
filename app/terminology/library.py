"""Where definitions are found: what the tenant has stored, as its caller may see it, then what ships.

A canonical without a version names the newest of those that are not retired (references.html#canonical).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from app.terminology.parsed_cache import ParsedCache
from fhir_profiles.index.kept import TermValue
from fhir_profiles.terminology import shipped
from fhir_profiles.terminology.codes import CodeSystem
from fhir_profiles.terminology.decimals import document_of, json_of
from fhir_profiles.terminology.implicit import implicit_value_set
from fhir_profiles.terminology.maps import sources_of, targets_of
from fhir_profiles.terminology.parsed import ParsedCodeSystem
from fhir_profiles.terminology.supplements import Supplemented
from graph.keys import resource_key, version_key
from graph.query.expression import Any as AnyOf
from graph.query.expression import Expression, Page, Question, Term
from graph.query.rows import field_of
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.terminology.systems import LARGEST_PARSED, LoadedSystems

Definition: TypeAlias = Mapping[str, Any]
_ROOM = (
    4 << 20
)  # bytes of texts of which what was made is kept, in one process; it takes some eight times that
_MOST_OF_A_CANONICAL = 50
_PARTS = re.compile(r"(\d+)")
_WITHOUT_CODES = frozenset({"not-present", "supplement"})


@dataclass(frozen=True, slots=True)
class Stored:
    """A definition that the tenant has stored.

    `key` is that of its version, `size` the bytes of its text, `updated` when it was written (µs). The
    `document` of a code system that is asked of the graph is without its concepts.
    """

    key: str
    document: Definition
    size: int
    updated: int

    @property
    def resource_id(self) -> str:
        """The id of the resource."""
        return str(self.document["id"])


class Definitions:
    """The definitions of all tenants; what was made of them is kept for the process."""

    def __init__(self, resources: ResourceStore, loaded: LoadedSystems) -> None:
        self.resources = resources
        self.loaded = loaded
        self.documents: ParsedCache[Definition] = ParsedCache(_ROOM)
        self.systems: ParsedCache[ParsedCodeSystem] = ParsedCache(_ROOM)

    def library(self, scope: AccessScope, versions: Mapping[str, str] | None = None) -> "TenantLibrary":
        """What one caller may see; `versions` are those of systems that nothing else names the version of."""
        scope.require("fhir.read")
        return TenantLibrary(self, scope, versions or {})


class TenantLibrary:
    """The definitions that one caller may see, each looked for once."""

    def __init__(self, every: Definitions, scope: AccessScope, versions: Mapping[str, str]) -> None:
        self._every = every
        self._scope = scope
        self._versions = versions
        self._found: dict[tuple[str, str], tuple[Stored, ...]] = {}
        self._systems: dict[tuple[str, str | None], CodeSystem | None] = {}

    def resource(self, kind: str, url: str, version: str | None = None) -> Definition | None:
        """A definition by its canonical; None where none is known of that version."""
        found = _newest([each for each in self._of(kind, url) if each.document.get("url") == url], version)
        return found.document if found else shipped.definition(kind, url, version)

    def by_id(self, kind: str, resource_id: str) -> Definition:
        """A definition by its id; raises `NotFound`, `Gone`."""
        self._every.resources.read(self._scope, kind, resource_id)
        return self._read(kind, (resource_key(self._scope.tenant, kind, resource_id),))[0].document

    def value_set(self, url: str, version: str | None = None) -> Definition | None:
        """A ValueSet, one that is there by the form of its canonical too."""
        return self.resource("ValueSet", url, version) or implicit_value_set(url)

    def code_system(self, url: str, version: str | None = None) -> CodeSystem | None:
        """The codes of a system, with the names that supplements add; raises `Unavailable`."""
        wanted = version or self._versions.get(url)
        if (url, wanted) not in self._systems:
            self._systems[url, wanted] = self._code_system(url, wanted)
        return self._systems[url, wanted]

    def stored(self, kind: str, url: str, version: str | None) -> Stored | None:
        """What the tenant has stored under a canonical in just this version; None where it has nothing."""
        found = [each for each in self._of(kind, url) if each.document.get("url") == url]
        return next((each for each in found if each.document.get("version") == version), None)

    def newest(self, kind: str, url: str) -> Stored | None:
        """What the tenant has stored under a canonical in its newest version; None where it has nothing."""
        return _newest([each for each in self._of(kind, url) if each.document.get("url") == url], None)

    def says(self, stored: Stored, other: Definition) -> bool:
        """Whether a document says the same as what is stored, but for what a server gives.

        Of a code system that is asked of the graph the text is read for it.
        """
        document = stored.document
        if stored.size > LARGEST_PARSED:
            kind = str(document["resourceType"])
            document = document_of(self._every.resources.read(self._scope, kind, stored.resource_id).body)
        return _said(document) == _said(other)

    def concept_maps(self, system: str, *, reverse: bool = False) -> tuple[Definition, ...]:
        """The ConceptMaps from codes of a system, or to them, the tenant's before those that ship."""
        field = field_of("ConceptMap", "target-system" if reverse else "source-system", TermValue)
        own = [each.document for each in self._asked("ConceptMap", Term(field, (system,)))]
        told = {each.get("url") for each in own}
        ends = targets_of if reverse else sources_of
        others = (shipped.definition("ConceptMap", url) for url in shipped.canonicals("ConceptMap"))
        return (*own, *(each for each in others if each and system in ends(each) and each["url"] not in told))

    def codes_of(self, stored: Stored) -> CodeSystem:
        """The codes of one stored CodeSystem; raises `Unavailable` while large ones are being brought in."""
        if stored.size > LARGEST_PARSED:
            return self._every.loaded.system(self._scope, stored.key, stored.document)
        return self._every.systems.made(stored.key, stored.size, lambda: ParsedCodeSystem(stored.document))

    def _code_system(self, url: str, version: str | None) -> CodeSystem | None:
        stored = self._of("CodeSystem", url)
        defining = [
            each
            for each in stored
            if each.document.get("url") == url and each.document.get("content") not in _WITHOUT_CODES
        ]
        own = _newest(defining, version)
        found = self.codes_of(own) if own else shipped.code_system(url, version)
        names = [self.codes_of(each) for each in stored if _supplements(each.document, url, version)]
        return Supplemented(found, names) if found and names else found

    def _of(self, kind: str, url: str) -> tuple[Stored, ...]:
        """What has the canonical, and supplements of what has it."""
        if (kind, url) not in self._found:
            terms = [Term(field_of(kind, "url", TermValue), (url,))]
            if kind == "CodeSystem":
                terms.append(Term(field_of(kind, "supplements", TermValue), (url,)))
            self._found[kind, url] = self._asked(kind, AnyOf(tuple(terms)))
        return self._found[kind, url]

    def _asked(self, kind: str, where: Expression) -> tuple[Stored, ...]:
        question = Question(kind, where, Page(_MOST_OF_A_CANONICAL))
        return self._read(kind, self._every.resources.search(self._scope, question).keys)

    def _read(self, kind: str, keys: Sequence[str]) -> tuple[Stored, ...]:
        """The definitions of keys that the caller may see; the text of what the graph holds is not read."""
        if not keys:
            return ()
        heads = self._every.loaded.heads(self._scope, keys) if kind == "CodeSystem" else {}
        rest = [each for each in keys if each not in heads]
        versions = self._every.resources.bodies(self._scope, rest) if rest else []
        there = [each for each in versions if not each.deleted]
        self._scope.concerns(key for each in there for key in each.whose)
        found = [Stored(each.key, each.document, each.size, each.updated) for each in heads.values()]
        for each in there:
            key, size = version_key(each.key, each.version_id), len(each.body)
            document = self._every.documents.made(key, size, partial(document_of, each.body))
            found.append(Stored(key, document, size, each.last_updated))
        return tuple(found)


def _said(document: Definition) -> bytes:
    said = {name: value for name, value in document.items() if name not in ("id", "meta")}
    return json_of(said, sorted_by_name=True)


def _newest(found: Sequence[Stored], version: str | None) -> Stored | None:
    """The definition of a version; without one the newest, of those that are not retired where there are."""
    wanted = [each for each in found if version in (None, each.document.get("version"))]
    return max(wanted, key=_age, default=None)


def _age(stored: Stored) -> tuple[bool, list[tuple[int, str]], int]:
    """What orders versions: numbers in them count as numbers."""
    parts = _PARTS.split(str(stored.document.get("version", "")))
    numbered = [(int(each), "") if each.isdigit() else (0, each) for each in parts]
    return stored.document.get("status") != "retired", numbered, stored.updated


def _supplements(document: Definition, url: str, version: str | None) -> bool:
    """Whether a definition is a supplement of a system, in the version that is asked for."""
    named, _, of_version = str(document.get("supplements", "")).partition("|")
    return (
        document.get("content") == "supplement"
        and named == url
        and (not of_version or version in (None, of_version))
    )
