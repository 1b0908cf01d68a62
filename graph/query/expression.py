"""The one expression tree that QIDO-RS, FHIR search and cohorts are parsed to.

The tree is two-valued: a row satisfies it or does not. What a protocol means by absence is said by the
parser, with `Present` and `Not`. Leaves test one row of an entity: a FHIR resource type, or `Series` or
`Instance` of DICOM (the study of DICOM is the entity `ImagingStudy`). A leaf on a field with several values
holds when *some* value satisfies it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """How the values of a field compare."""

    TERM = "term"  # equality of a code, with an optional system: token, reference, uri, UID, CS
    TEXT = "text"  # folded text: string, PN, LO
    SPAN = "span"  # an interval [low, high): date, number, quantity, DA, TM, IS


class Layout(StrEnum):
    """Where the values of a field are kept."""

    ROWS = "rows"  # value rows (:Term|:Text|:Span)-[:OF]->(row): all FHIR search parameters
    PROPERTY = "property"  # a property of the node itself: the DICOM attributes, single-valued or a list


@dataclass(frozen=True, slots=True)
class Field:
    """One searchable field: a search parameter (`Condition.code`) or an attribute (`Series.Modality`)."""

    entity: str
    name: str
    kind: Kind
    layout: Layout = Layout.ROWS


class Match(StrEnum):
    """Ways to match text; all but EXACT work on folded text (NFKD, no accents, casefolded)."""

    EXACT = "exact"
    PREFIX = "prefix"
    CONTAINS = "contains"
    LIKE = "like"  # `*` any run of characters, `?` any one (PS3.4 C.2.2.2.4)
    SUFFIX = "suffix"  # how the folded value ends
    EQUALS = "equals"  # the whole folded value
    WORDS = "words"  # each word of the value is a prefix of some word (PN fuzzy matching)


class Order(StrEnum):
    """Comparisons of a row's interval [l, h) with the asked [low, high) (FHIR R4 search.html#prefix)."""

    EQ = "eq"  # low <= l and h <= high
    NE = "ne"  # not eq
    GT = "gt"  # h > high
    LT = "lt"  # l < low
    GE = "ge"  # gt or eq
    LE = "le"  # lt or eq
    SA = "sa"  # l >= high
    EB = "eb"  # h <= low
    AP = "ap"  # the intervals overlap (the parser has widened the asked one)


@dataclass(frozen=True, slots=True)
class Term:
    """Some value has one of `codes` (any, where there are none); `system` None is any, "" is none.

    Or one of the values beside it, kept in lower case, is one of `caseless`.
    """

    field: Field
    codes: tuple[str, ...] = ()
    system: str | None = None
    caseless: tuple[str, ...] = ()

    @property
    def spellings(self) -> int:
        """How many texts are looked for."""
        return len(self.codes) + len(self.caseless)


@dataclass(frozen=True, slots=True)
class Text:
    """Some value matches `value` in the way of `match`."""

    field: Field
    match: Match
    value: str


@dataclass(frozen=True, slots=True)
class Span:
    """Some interval of the field stands in `order` to [low, high); None is an open end.

    Dates are microseconds since the epoch in UTC, numbers are floats. `system` and `code` restrict quantities
    to a unit; None is any.
    """

    field: Field
    order: Order
    low: float | None
    high: float | None
    system: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class CodePart:
    """Some code holds `value`, whatever the case; with `begins` it begins with it, in the case written."""

    field: Field
    value: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class NumberPair:
    """Some pair of numbers, kept as `low` and `high` of one row, stands in the order of both.

    `first` is asked of the low one and `second` of the high one; `system` and `code` as those of a Span.
    """

    field: Field
    first: Span
    second: Span
    system: str | None
    code: str


@dataclass(frozen=True, slots=True)
class Near:
    """Some position, kept as the latitude `low` and the longitude `high`, is within metres of a place."""

    field: Field
    latitude: float
    longitude: float
    metres: float


@dataclass(frozen=True, slots=True)
class Unlike:
    """Some value of the field does not satisfy the leaf."""

    of: Term | Text

    @property
    def field(self) -> Field:
        """The field of both."""
        return self.of.field


@dataclass(frozen=True, slots=True)
class Worded:
    """The text of the row has the words: of its narrative or of all its content.

    `query` is of the syntax of the full-text index, made by a parser of ours and never a client's own text.
    It is found piece by piece only (`graph.resources.sieve`): that index knows rows, not places in a plan.
    """

    entity: str
    query: str


@dataclass(frozen=True, slots=True)
class Present:
    """The field has some value."""

    field: Field


@dataclass(frozen=True, slots=True)
class KeyIn:
    """The row's key is one of these (`_id`, a UID of a path, a set found before)."""

    entity: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SerialIn:
    """The row is one of those that were found before, under the same rights, by their creation numbers.

    It stands for what no statement says, and is put together by the sieve only.
    """

    entity: str
    serials: frozenset[int]


@dataclass(frozen=True, slots=True)
class Along:
    """From a resource along a literal reference at one of `paths` to resources of one of `targets`."""

    paths: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """Against a literal reference: to resources of type `source` that refer to this one at one of `paths`."""

    source: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """From a Patient to the resources of one type in its compartment."""

    entity: str


@dataclass(frozen=True, slots=True)
class Owner:
    """From a resource to the Patient whose compartment it is in."""


@dataclass(frozen=True, slots=True)
class Inside:
    """Down the DICOM tree: from ImagingStudy to `Series`, from ImagingStudy or Series to `Instance`."""

    entity: str


@dataclass(frozen=True, slots=True)
class Whole:
    """Up the DICOM tree: from Instance to `Series`, from Series or Instance to `ImagingStudy`."""

    entity: str


Link: TypeAlias = Along | Against | Members | Owner | Inside | Whole


@dataclass(frozen=True, slots=True)
class Related:
    """Some row at the other end of the link, which the caller may see, satisfies `inner`."""

    link: Link
    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where `of` does not."""

    of: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    """Every one holds; of none: always true."""

    of: tuple["Expression", ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """Some one holds; of none: never true."""

    of: tuple["Expression", ...] = ()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `least` of these hold, counted at the row: the ways to choose them are never listed."""

    least: int
    of: tuple["Expression", ...]


ValueLeaf: TypeAlias = Term | Text | Span | CodePart | NumberPair | Near | Unlike | Present
"""What is asked of one value of a field."""
Leaf: TypeAlias = ValueLeaf | KeyIn | SerialIn | Worded
Expression: TypeAlias = Leaf | Related | Not | All | Any | AtLeast

EVERYTHING = All()
NOTHING = Any()


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of an order: a field, or None for the creation order (`serial`).

    The field is that of the rows at the end of the links `along`, where there are some.
    """

    field: Field | None = None
    descending: bool = False
    along: tuple[Along, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A window on an ordered answer: `after` is the keyset of the last row of the page before."""

    limit: int
    sort: tuple[Sort, ...] = ()
    after: tuple[object, ...] | None = None
    offset: int = 0  # QIDO-RS only (PS3.18 8.3.4.4): rows to skip


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the graph: rows of `entity` that satisfy `where`, a page of them."""

    entity: str
    where: Expression
    page: Page
