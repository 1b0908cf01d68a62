"""The lines of a whole answer, some patients at a time; who sees pseudonyms is told of all at once or not.

To them what is told is decided of whole tables, whose cells are larger than those of a page; so their lines
wait until all are there, and there may be fewer of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.cohorts.answers.answering import CohortAsking
from app.cohorts.answers.lines import Line, lines
from app.cohorts.answers.listing import Counts, Lister
from app.cohorts.answers.tables import Tables
from app.cohorts.evaluation.verdicts import Judgement, Truth
from app.cohorts.language.vocabulary import PATIENT
from graph.budget import room_for_a_part
from graph.errors import TooLarge

MOST_LINES = 500_000  # of a whole answer, over all its tables
MOST_HELD = 100_000  # of one that waits until all are there
AT_ONCE = 1_000  # patients, as many as a page has; fewer where their rows are many


@dataclass(slots=True)
class Batch:
    """Lines of an answer: its patients, the lines of its tables, its links.

    `keys` are those of the resources that stand behind them, of patients who match and of their rows.
    """

    patients: list[Line] = field(default_factory=list)
    tables: dict[str, list[Line]] = field(default_factory=dict)
    links: list[Line] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many lines there are."""
        return len(self.patients) + len(self.links) + sum(map(len, self.tables.values()))


def batches(asking: CohortAsking, lister: Lister, counts: Counts, *, rows: bool = True) -> Iterator[Batch]:
    """All lines of an answer whose counts were told, without `rows` of the patients alone.

    Raises `TooLarge` for too many.
    """
    if asking.withholding is not None:
        yield _guarded(asking, lister, counts)
        return
    _, possible = lister.verdicts()
    total = 0
    for part in _parts(asking, lister, sorted(possible), rows=rows):
        asking.charts.scope.concerns(part.judged)
        asking.charts.scope.concerns(part.studies)
        shown = Batch(
            asking.patients(part.judged),
            lines(asking.question, part.rows, part.links, asking.shown) if rows else {},
            list(part.links),
            part.keys,
        )
        total = _bounded(total + shown.size, MOST_LINES)
        yield shown


@dataclass(slots=True)
class _Part:
    """What was found of some patients: the rows and links as they are shown, by the names of the question."""

    judged: Mapping[str, Judgement]
    rows: dict[str, list[Line]]
    links: list[dict[str, str]]
    studies: set[str]
    keys: list[str]


def _guarded(asking: CohortAsking, lister: Lister, counts: Counts) -> Batch:
    """Everything that who sees pseudonyms is told."""
    matched, possible = lister.verdicts()
    told = frozenset(matched if counts.matched is not None else ())
    told |= possible - matched if counts.unknown is not None else frozenset()
    judged: dict[str, Judgement] = {}
    rows: dict[str, list[Line]] = {each.name: [] for each in asking.question.rows}
    links: list[dict[str, str]] = []
    studies = set[str]()
    for part in _parts(asking, lister, sorted(told), rows=True):
        judged |= part.judged
        studies |= part.studies
        links += part.links
        for name, found in part.rows.items():
            rows[name] += found
        _bounded(len(judged) + len(links) + sum(map(len, rows.values())), MOST_HELD)
    page = [key for key, each in judged.items() if each.truth is Truth.TRUE]
    shown_rows, shown_links = asking.withheld(rows, links, page)
    asking.charts.scope.concerns(judged)
    asking.charts.scope.concerns(studies)
    tables = lines(asking.question, shown_rows, shown_links, asking.shown)
    return Batch(asking.patients(judged), tables, list(shown_links))


def _parts(asking: CohortAsking, lister: Lister, serials: Sequence[int], *, rows: bool) -> Iterator[_Part]:
    for start in range(0, len(serials), AT_ONCE):
        some = serials[start : start + AT_ONCE]
        if rows:
            yield from _halved(asking, lister, some)
        else:
            yield _Part(lister.judged(some), {}, [], set(), [])


def _halved(asking: CohortAsking, lister: Lister, serials: Sequence[int]) -> Iterator[_Part]:
    """What is found of some patients; of half of them at a time where it is too much for all."""
    try:
        with room_for_a_part():
            found = _part(asking, lister, serials)
    except TooLarge:
        if len(serials) == 1:
            raise
        middle = len(serials) // 2
        yield from _halved(asking, lister, serials[:middle])
        yield from _halved(asking, lister, serials[middle:])
        return
    yield found


def _part(asking: CohortAsking, lister: Lister, serials: Sequence[int]) -> _Part:
    judged = lister.judged(serials)
    matched = [key for key, each in judged.items() if each.truth is Truth.TRUE]
    tables = Tables(asking.question, asking.charts, asking.evaluation, matched)
    rows, links = tables.rows(asking.shown), tables.links(asking.shown)
    keys = [*matched, *(key for key in tables.owners() if f"|{PATIENT}|" not in key)]
    return _Part(judged, rows, links, tables.studies, keys)


def _bounded(count: int, most: int) -> int:
    if count > most:
        raise TooLarge(
            "a whole answer has at most %(most)s lines: ask for fewer patients or rows",
            code="too-costly",
            most=most,
        )
    return count
