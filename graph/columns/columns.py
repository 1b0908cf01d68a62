"""What cohort questions look at in most records, held by one process and shared by all who ask (ADR 13).

Tables hold what the records of a tenant say, and sights what each right covers; a question gets the rows of a
table that its caller sees, as of the moment at which it was asked. What no table holds is for the graph.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from graph.columns.found import RowSpans, SeenLink
from graph.columns.judged import Judge, JudgedRows
from graph.columns.parts import AttributeRows, PartRows, satisfying
from graph.columns.serials import NONE, IntArray, marked, together
from graph.columns.sights import Sight
from graph.columns.spans import standing
from graph.columns.tables import HeldTable, NumberedTexts
from graph.columns.tenant import LARGE, TenantColumns
from graph.columns.wanted import CodedRows, FieldRows, LinkedRows, MeasuredRows, RowsToHold, SpannedRows
from graph.keys import kind_key
from graph.query.attributes import INSTANCE, LEVELS, SERIES, STUDY
from graph.query.expression import (
    Against,
    Along,
    Any,
    Expression,
    Field,
    Inside,
    Kind,
    Layout,
    Link,
    Present,
    Span,
    Term,
    Whole,
)
from graph.query.rows import code_key, field_key, term_keys
from graph.scope import AccessScope
from graph.session import Graph

ROOM = 256 << 20  # bytes of the tables of one tenant in one process


class Columns:
    """The columns of the tenants of one graph, one for a process; safe between threads."""

    def __init__(self, graph: Graph, *, room: int = ROOM, large: int = LARGE) -> None:
        self._graph = graph
        self._room = room
        self._large = large
        self._texts = NumberedTexts()
        self._tenants: dict[str, TenantColumns] = {}
        self._lock = Lock()

    def of(self, scope: AccessScope) -> "CallerColumns":
        """What a caller sees of them, as of now; raises what `Graph.read` raises."""
        held = self._held(scope.tenant)
        held.catch_up()
        return CallerColumns(held, scope)

    def settle(self, tenant: str) -> int:
        """Wait until what is read behind the questions of a tenant is there; return how much ever was."""
        return self._held(tenant).settle()

    def _held(self, tenant: str) -> TenantColumns:
        with self._lock:
            held = self._tenants.get(tenant)
            if held is None:
                held = TenantColumns(self._graph, tenant, self._texts, room=self._room, large=self._large)
                self._tenants[tenant] = held
        return held


@dataclass(frozen=True, slots=True)
class CallerColumns:
    """What one caller sees of what is held: every row is held against their sight before it is told.

    Every method answers None for what is not held, which is the graph's to answer, for all of one answer.
    """

    held: TenantColumns
    scope: AccessScope
    _rows: dict[tuple[str, Expression], IntArray | None] = field(default_factory=dict, repr=False)
    _links: dict[tuple[str, Link], SeenLink | None] = field(default_factory=dict, repr=False)
    _sights: dict[str, Sight] = field(default_factory=dict, repr=False)
    _late: list[object] = field(default_factory=list, repr=False)

    @property
    def is_late(self) -> bool:
        """Whether something that was asked for is not held yet, and is read behind the question."""
        return bool(self._late)

    def every(self, entity: str) -> IntArray | None:
        """All rows of a type, or of a level of DICOM."""
        sight = self._sight(entity)
        return None if sight is None else sight.rows.get(entity, NONE)

    def found(self, entity: str, leaf: Expression) -> IntArray | None:
        """The rows of a type, or of a level of DICOM, that satisfy a leaf; looked up once."""
        name = (entity, leaf)
        if name not in self._rows:
            self._rows[name] = self._found(entity, leaf)
        return self._rows[name]

    def _found(self, entity: str, leaf: Expression) -> IntArray | None:
        attributes = AttributeRows.of(self._kind(STUDY), leaf) if entity in LEVELS else None
        if attributes is not None:
            return self._with_attribute(attributes, leaf)
        wanted = self._wanted(entity, leaf)
        tables = self._tables(wanted) if wanted else None
        sight = None if tables is None else self._sight(entity)
        if tables is None or sight is None:
            return None
        return sight.of(together([self._satisfying(each, leaf) for each in tables]))

    def sizes(self, keys: Sequence[str]) -> dict[str, int]:
        """How many rows have each of some codes, whosever they are to see, by the keys of the codes."""
        tables = self._tables(CodedRows(_kind_of(key), key) for key in keys) or ()
        return {key: len(each.serials) for key, each in zip(keys, tables, strict=True)}

    def link(self, kinds: Sequence[str], link: Link) -> SeenLink | None:
        """Where a link leads from rows of a type; None where that is not held."""
        if len(kinds) > 1:
            return None
        name = (kinds[0], link)
        if name not in self._links:
            self._links[name] = self._linked(kinds[0], link)
        return self._links[name]

    def spans(
        self, entity: str, field: Field, rows: IntArray, of: Sequence[Expression] | None = None
    ) -> RowSpans | None:
        """The spans that some rows of a type, which the caller sees, have of a field; None: not held.

        Their codes are told where `of` is given, conditions on codes of which each of the rows satisfies one.
        """
        kind, key = self._kind(entity), field_key(self.scope.tenant, field)
        codes = frozenset(code for each in of or () for code in self._codes(each))
        if of is not None and not codes:
            return None
        wanted: RowsToHold = SpannedRows(kind, key) if of is None else MeasuredRows(kind, key, codes)
        tables = self._tables([wanted])
        return None if tables is None else RowSpans.of(tables[0].of_rows(rows), self.held.texts)

    def said(self, entity: str, judge: Judge, rows: IntArray) -> HeldTable | None:
        """What some rows of a type, which the caller sees, say: column `said`; None: not held."""
        tables = self._tables([JudgedRows(self._kind(entity), judge)])
        return None if tables is None else tables[0].of_rows(rows)

    def _with_attribute(self, wanted: AttributeRows, leaf: Expression) -> IntArray | None:
        """The studies, series or instances of which an attribute is as asked."""
        tables, studies = self._tables([wanted]), self._sight(STUDY)
        if tables is None or studies is None:
            return None
        (table,) = tables
        held = satisfying(table, leaf, self.held.texts) & studies.mask(table.serials)
        return together([np.sort(table["parts"][held])])

    def _linked(self, entity: str, link: Link) -> SeenLink | None:
        match link:
            case Inside(level) | Whole(level):
                return self._of_study(entity, level, down=isinstance(link, Inside))
            case Along(paths, (target,)):
                wanted, end = LinkedRows(self._kind(entity), paths, self._kind(target)), target
            case Against(source, paths):
                wanted, end = LinkedRows(self._kind(source), paths, self._kind(entity)), source
            case _:
                return None
        tables = self._tables([wanted])
        near, far = self._sight(entity), self._sight(end)
        if tables is None or near is None or far is None:
            return None
        return SeenLink(tables[0], near, far, isinstance(link, Along))

    def _wanted(self, entity: str, leaf: Expression) -> list[RowsToHold]:
        """The tables that a leaf is answered from; none where it is for the graph."""
        field = getattr(leaf, "field", None)
        if not isinstance(field, Field) or field.layout is not Layout.ROWS or field.entity != entity:
            return []
        tenant, kind = self.scope.tenant, self._kind(entity)
        match leaf:
            case Term() if leaf.spellings:
                return [CodedRows(kind, key) for key in term_keys(tenant, leaf)]
            case Term(system=None) | Present(Field(kind=Kind.TERM)):
                return [FieldRows(kind, code_key(tenant, field, ""))]
            case Span(system=None, code=None) | Present(Field(kind=Kind.SPAN)):
                return [SpannedRows(kind, field_key(tenant, field))]
        return []

    def _satisfying(self, table: HeldTable, leaf: Expression) -> IntArray:
        """The rows of a table that satisfy a leaf, in order."""
        match leaf:
            case Term(system=str(system)):
                return table.rows(table["systems"] == self.held.texts.known(system))
            case Span():
                return table.rows(standing(table["lows"], table["highs"], leaf))
        return table.serials

    def _codes(self, leaf: Expression) -> Iterator[str]:
        """The keys of the codes that are asked for."""
        match leaf:
            case Term():
                yield from term_keys(self.scope.tenant, leaf)
            case Any(of):
                for each in of:
                    yield from self._codes(each)

    def _of_study(self, entity: str, level: str, *, down: bool) -> SeenLink | None:
        """A link within studies: between these, their series and their instances."""
        upper, lower = (entity, level) if down else (level, entity)
        tables = self._tables([PartRows(self._kind(STUDY), lower)])
        near, far = self._sight(entity), self._sight(level)
        if tables is None or near is None or far is None:
            return None
        (table,) = tables
        if upper == SERIES:
            table = HeldTable.of(table["series"], {"ends": table["ends"]})
        return SeenLink(table, near, far, forwards=down)

    def _sight(self, entity: str) -> Sight | None:
        """What the caller sees of a type: the same for all of an answer."""
        if entity not in self._sights:
            found = self._parts(entity) if entity in (SERIES, INSTANCE) else self._read_sight(entity)
            if found is None:
                return None
            self._sights[entity] = found
        return self._sights[entity]

    def _parts(self, level: str) -> Sight | None:
        """What the caller sees of series or instances: those of the studies that they see."""
        tables, studies = self._tables([PartRows(self._kind(STUDY), level)]), self._sight(STUDY)
        if tables is None or studies is None:
            return None
        rows = together([np.sort(tables[0]["ends"][studies.mask(tables[0].serials)])])
        return Sight({level: rows}, {}, marked(rows, int(rows.max(initial=0))))

    def _tables(self, wanted: Iterable[RowsToHold]) -> list[HeldTable] | None:
        """The tables of what is wanted; None, and late, where one is not held yet."""
        asked = list(wanted)
        tables = self.held.tables(asked)
        if tables is None:
            self._late.append(asked)
        return tables

    def _read_sight(self, entity: str) -> Sight | None:
        """What the caller sees of a type; None, and late, where that is not held yet."""
        sight = self.held.sight(self.scope, entity)
        if sight is None:
            self._late.append(entity)
        return sight

    def _kind(self, entity: str) -> str:
        return kind_key(self.scope.tenant, entity)


def _kind_of(key: str) -> str:
    """The kind of the resources that have a code, which its key begins with: `tenant|type`."""
    return "|".join(key.split("|", 2)[:2])
