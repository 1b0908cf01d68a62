"""What a question tells of patients, before it is a tree: facts, ages and sexes, joined and denied."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from app.cohorts.plain_words.grammar.ages import AgeSaid
from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.grammar.counts import CountSaid, GapSaid
from app.cohorts.plain_words.grammar.features import FeatureSaid
from app.cohorts.plain_words.grammar.times import TimeSaid
from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.scanning.signs import Sign


@dataclass(slots=True, eq=False)
class Fact:
    """One event that is told of, as far as it has been read.

    `kind` is what the thing is (`condition`, `drug`, `lab` …, `imaging`, `report`, `row` for any of a type),
    `rows` what its name may mean: more than one where the name stands for several things. A report tells
    `words` and does not tell what is `absent`. A result may have been found by a `method`.
    """

    kind: str
    rows: tuple[LexiconRow, ...] = ()
    signs: list[Sign] = field(default_factory=list)
    role: str = ""
    resource: str = ""
    values: list[tuple[Bound, ...]] = field(default_factory=list)
    level: str = ""
    windows: list[TimeSaid] = field(default_factory=list)
    relatives: list["Relative"] = field(default_factory=list)
    number: CountSaid | None = None
    gap: GapSaid | None = None
    distinct: bool = False
    pick: str = ""
    modalities: list[LexiconRow] = field(default_factory=list)
    sites: list[tuple[LexiconRow, ...]] = field(default_factory=list)
    laterality: str = ""
    contrast: str = ""
    features: list[FeatureSaid] = field(default_factory=list)
    makers: list[str] = field(default_factory=list)
    described: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)
    statuses: dict[str, list[str]] = field(default_factory=dict)
    current: bool = False
    newly: bool = False
    recent: Sign | None = None
    words: list["Fact"] = field(default_factory=list)
    absent: list["Fact"] = field(default_factory=list)
    words_joined: str = "any"
    assertion: str = ""
    section: str = ""
    of: "Fact | None" = None
    belongs: bool = False  # a report is said to be one of those pictures, whatever it tells
    reasons: list["Fact"] = field(default_factory=list)
    relation: str = ""
    quoted: str = ""
    union: bool = False
    short: bool = False
    method: "Fact | None" = None
    without: list["Fact"] = field(default_factory=list)
    by_sex: tuple[tuple[str, tuple[Bound, ...]], ...] = ()
    in_one: bool = False  # one study holds all of the modalities

    @property
    def name(self) -> str:
        """The id of the row that it is most likely of; empty of what has none."""
        return self.rows[0].id if self.rows else ""

    @property
    def start(self) -> int:
        """Where it begins in the folded text."""
        return min((each.start for each in self.signs), default=0)


@dataclass(slots=True, eq=False)
class Relative:
    """That a fact is at some time relative to another; `anchor` is None until it is known.

    Any of the `others` is an anchor as good as that.
    """

    said: TimeSaid
    sign: Sign
    anchor: Fact | None = None
    others: tuple[Fact, ...] = ()

    @property
    def anchors(self) -> tuple[Fact, ...]:
        """All that it may be told by."""
        return (*((self.anchor,) if self.anchor is not None else ()), *self.others)

    @property
    def each(self) -> tuple["Relative", ...]:
        """The same by one anchor each."""
        return tuple(Relative(self.said, self.sign, anchor) for anchor in self.anchors)


@dataclass(slots=True, eq=False)
class PersonFact:
    """What is said of the patients themselves: `age`, `sex` or whether they are dead (`deceased`)."""

    kind: str
    signs: list[Sign]
    age: AgeSaid | None = None
    value: str = ""
    windows: list[TimeSaid] = field(default_factory=list)
    relatives: list[Relative] = field(default_factory=list)
    at: Fact | None = None

    @property
    def start(self) -> int:
        """Where it begins in the folded text."""
        return min((each.start for each in self.signs), default=0)


ToldFact: TypeAlias = Fact | PersonFact


@dataclass(slots=True, eq=False)
class Clause:
    """Facts that one cue governs: `with`, `without`, `taking`; in Korean a verb behind them."""

    denied: bool = False
    excluded: bool = False
    role: str = ""
    sign: Sign | None = None
    either: bool = False
    least: int = 0
    listed: bool = False  # a colon stands before what it lists, so that all of that is of it
    sentence: int = 0
    whole: bool = False  # what is denied is known to its last entry


@dataclass(slots=True, eq=False)
class ClauseEntry:
    """A fact in its clause, and how it is linked to the one before: `and`, `or`, `comma`, `but`, none."""

    told: ToldFact
    clause: Clause
    link: str = ""
    comma: bool = False
    person: bool = False
    excluded: bool = False
    group: bool = False  # other patients are told of from here on: `or any patient with`
    headed: bool = False  # the word for patients stands right behind it


@dataclass(frozen=True, slots=True, eq=False)
class Junction:
    """Several that are joined: `all`, `any`, `not` (of one), or `atLeast` so many (`n`)."""

    op: str
    of: tuple["ToldNode", ...]
    n: int = 0


ToldNode: TypeAlias = Junction | Fact | PersonFact


def told_in(node: ToldNode | None) -> Iterator[ToldFact]:
    """The facts of a tree, from left to right."""
    if isinstance(node, Junction):
        for each in node.of:
            yield from told_in(each)
    elif node is not None:
        yield node
