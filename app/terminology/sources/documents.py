"""CodeSystems and ConceptMaps as terminologies of other forms become them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fhir_profiles.terminology import Coding

JsonObject: TypeAlias = dict[str, Any]
EQUIVALENT, WIDER, RELATED, SUBSUMES = "equivalent", "wider", "relatedto", "subsumes"


@dataclass(frozen=True, slots=True)
class SystemHead:
    """What a CodeSystem says of itself beside its concepts; `content` is of codesystem-content-mode."""

    url: str
    version: str
    name: str
    title: str
    publisher: str
    copyright: str
    content: str = "complete"
    language: str = "en"
    properties: tuple[tuple[str, str], ...] = ()

    def document(self, count: int | None = None) -> JsonObject:
        """The CodeSystem without its concepts."""
        kinds = (("parent", "code"), ("status", "code"), *self.properties)
        return {
            "resourceType": "CodeSystem",
            "language": self.language,
            "url": self.url,
            "version": self.version,
            "name": self.name,
            "title": self.title,
            "status": "active",
            "experimental": False,
            "publisher": self.publisher,
            "copyright": self.copyright,
            "caseSensitive": True,
            "hierarchyMeaning": "is-a",
            "content": self.content,
            **({"count": count} if count is not None else {}),
            "property": [{"code": code, "type": kind} for code, kind in kinds],
        }


def concept(
    code: str,
    display: str,
    *,
    parents: Iterable[str] = (),
    names: Iterable[tuple[str, str]] = (),
    properties: Iterable[tuple[str, str]] = (),
    retired: bool = False,
) -> JsonObject:
    """One concept; `names` are further ones as (language, text), `properties` of strings as (code, text)."""
    found: JsonObject = {"code": code, "display": display}
    said = dict.fromkeys((language, text) for language, text in names if text and text != display)
    if said:
        found["designation"] = [{"language": language, "value": text} for language, text in said]
    kept = [
        *({"code": "parent", "valueCode": each} for each in dict.fromkeys(parents)),
        *([{"code": "status", "valueCode": "retired"}] if retired else []),
        *({"code": name, "valueString": text} for name, text in properties if text),
    ]
    if kept:
        found["property"] = kept
    return found


def code_system(head: SystemHead, concepts: Sequence[JsonObject]) -> JsonObject:
    """A CodeSystem with its concepts."""
    return {**head.document(len(concepts)), "concept": list(concepts)}


MapRows: TypeAlias = Mapping[Coding, Sequence[tuple[Coding, str]]]
"""The codes that each code is mapped to, with how they stand to it (concept-map-equivalence)."""


def concept_map(head: SystemHead, name: str, rows: MapRows) -> JsonObject:
    """A ConceptMap from the codes of one system, by the systems that they are mapped to."""
    groups: dict[tuple[str, str], dict[str, list[JsonObject]]] = {}
    for (source, code), targets in rows.items():
        for (target, other), equivalence in targets:
            elements = groups.setdefault((source, target), {})
            elements.setdefault(code, []).append({"code": other, "equivalence": equivalence})
    return {
        "resourceType": "ConceptMap",
        "url": f"urn:hilum:ConceptMap:{name}",
        "version": head.version,
        "title": f"{head.title} and other terminologies",
        "status": "active",
        "publisher": head.publisher,
        "copyright": head.copyright,
        "group": [
            {
                "source": source,
                "target": target,
                "element": [{"code": code, "target": found} for code, found in elements.items()],
            }
            for (source, target), elements in groups.items()
        ],
    }
