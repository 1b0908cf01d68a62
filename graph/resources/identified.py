"""Who holds an identifier: what decides a condition such as `identifier=system|value` without a search.

Clients write "create it unless it is there" for whole files of organisations and patients, and refer to what
is stored by identifier. A commit reads the holders of all identifiers that its units ask for at once, and
its own writes tell it of new ones; so such a condition costs a look-up, and none after the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fhir_profiles.index.kept import CASELESS, beside
from graph.commit import Shelf, ShelfRow, Shelves, View
from graph.keys import term_key
from graph.query.expression import All, Expression, Layout, Term
from graph.query.rows import ValueRows, term_keys
from graph.resources.states import RESOURCES
from graph.scope import AccessScope

PARAMETER = "identifier"
_MOST = 8  # holders of one identifier that are read; whoever shares it with more is found by a search
_SEARCHED = frozenset({"ImagingStudy"})  # their rows are written by DICOM too


@dataclass(frozen=True, slots=True)
class Holder:
    """A resource that holds an identifier value, as of one version: in which identifier systems."""

    key: str
    version_id: int
    systems: frozenset[str]


@dataclass(frozen=True, slots=True)
class AskedIdentifier:
    """An identifier that a condition asks for: the keys of its Terms, however it is spelt.

    `system` None is any, "" is none.
    """

    terms: tuple[str, ...]
    system: str | None

    def found(self, view: View, scope: AccessScope) -> list[str] | None:
        """The keys of those who hold it and are the caller's; None where only a search can tell."""
        view.load({HOLDERS: self.terms})
        meant: dict[Holder, None] = {}
        for term in self.terms:
            holders = view.get(HOLDERS, term)
            if holders is None:
                return None
            meant |= {each: None for each in holders if self.system is None or self.system in each.systems}
        view.load({RESOURCES: [each.key for each in meant]})
        found: dict[str, None] = {}
        for each in meant:
            known = view.get(RESOURCES, each.key)
            if known is None or known.version_id != each.version_id:
                return None  # changed since, so it may hold it no more
            if not known.deleted and known.is_seen_by(scope):
                found[each.key] = None
        return list(found)


def asked_identifier(tenant: str, where: Expression) -> AskedIdentifier | None:
    """The one identifier that a condition asks for, and nothing else; None where it asks for more."""
    while isinstance(where, All) and len(where.of) == 1:
        (where,) = where.of
    if not isinstance(where, Term) or where.field.name != PARAMETER:
        return None
    if len({code.casefold() for code in where.codes}) != 1:
        return None
    if where.field.layout is not Layout.ROWS or where.field.entity in _SEARCHED:
        return None
    return AskedIdentifier(tuple(term_keys(tenant, where)), where.system)


def remember_holder(
    shelves: Shelves, key: str, resource_type: str, version_id: int, values: ValueRows
) -> None:
    """Note the identifiers that a written version holds; those it held before are told by its number."""
    tenant = key.partition("|")[0]
    prefixes = tuple(
        term_key(tenant, resource_type, name, "") for name in (PARAMETER, beside(PARAMETER, CASELESS))
    )
    held: dict[str, set[str]] = {}
    for term, system, *_ in values.terms:
        if term.startswith(prefixes):
            held.setdefault(term, set()).add(system)
    for term, systems in held.items():
        if not shelves.knows(HOLDERS, term):
            shelves.cloud(HOLDERS, term)
        elif (known := shelves.get(HOLDERS, term)) is not None:
            others = (each for each in known if each.key != key)
            shelves.put(HOLDERS, term, _bounded((*others, Holder(key, version_id, frozenset(systems)))))


def _holders(rows: Sequence[ShelfRow]) -> tuple[Holder, ...] | None:
    if len(rows) > _MOST:
        return None
    systems: dict[tuple[str, int], set[str]] = {}
    for row in rows:
        systems.setdefault((row["holder"], row["versionId"]), set()).add(row["system"])
    return tuple(Holder(*named, frozenset(each)) for named, each in systems.items())


def _bounded(holders: tuple[Holder, ...]) -> tuple[Holder, ...] | None:
    return holders if len(holders) <= _MOST else None


HOLDERS: Shelf[tuple[Holder, ...] | None] = Shelf(
    "holders",
    f"""CALL (key) {{
      MATCH (t:Term) USING INDEX t:Term(key, serial) WHERE t.key = key AND t.serial IS NOT NULL
      RETURN t LIMIT {_MOST + 1}
    }}
    MATCH (t)-[:OF]->(r:Resource)
    WITH {{key: key, system: t.system, holder: r.key, versionId: r.versionId}} AS row""",
    _holders,
)
"""The resources of a type that hold an identifier value (the key of its Term); None where they are many."""
