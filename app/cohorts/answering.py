"""The use case: a question is answered for one caller, patients a page at a time.

The two trees of the population find the page; each leaf, asked of that page alone, tells what decides every
verdict. Counts are of all patients, rows and links of those on the page who match.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from app.cohorts.disclosure import Disclosure
from app.cohorts.places import located
from app.cohorts.question import Exists, Question, leaves
from app.cohorts.records import Records
from app.cohorts.tables import Tables
from app.cohorts.trees import Compiler, Trees
from app.cohorts.verdicts import Judgement, Truth, judge
from app.cohorts.vocabulary import PATIENT
from app.http.kit.paging import PageTokens
from graph.query.expression import All, Expression, Keys

VERDICTS = {Truth.TRUE: "matched", Truth.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question is answered with: the stores under the caller's rights, the zone, and the moment."""

    records: Records
    zone: tzinfo
    tokens: PageTokens
    pseudonym_key: bytes
    now: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many patients match, and of how many nobody can say."""

    matched: int
    unknown: int


def answer(question: Question, asking: Asking) -> dict[str, Any]:
    """The answer to a question, as JSON."""
    records = asking.records
    compiler = Compiler(question.as_of, asking.zone, _codings(question, records))
    population = compiler.patients(question.population)
    shown = Disclosure.to(records.scope, asking.pseudonym_key, question.min_cell)
    after = _after(question, asking)
    with located("$.population"):
        page = records.page(PATIENT, population.possible, question.limit, after)
    judged = _judged(question, compiler, records, page.keys)
    counts = _counts(population, records, judged, whole=question.token is None and page.after is None)
    listed = _listed(judged, counts, shown)
    matched = [key for key, each in listed.items() if each.truth is Truth.TRUE]
    tables = Tables(question, records, compiler, matched)
    return {
        "cohort": question.cohort,
        "asOf": question.as_of.isoformat(),
        "counts": _shown_counts(question, counts, shown),
        "patients": [_patient(shown.reference(key), each) for key, each in listed.items()],
        "rows": tables.rows(shown),
        "links": tables.links(shown),
        "next": _next(question, asking, page.after),
    }


def _codings(question: Question, records: Records) -> dict[tuple[str, str], Any]:
    """What the concept sets of every event mean, expanded once."""
    own = (leaf.event for leaf in leaves(question.population) if isinstance(leaf, Exists))
    events = {each.path: each for each in (*question.events.values(), *own)}
    return {
        (path, name): records.expand(concepts)
        for path, event in events.items()
        for name, concepts in event.concepts.items()
    }


def _judged(
    question: Question, compiler: Compiler, records: Records, keys: Sequence[str]
) -> dict[str, Judgement]:
    """The judgement of each patient of the page, in its order."""
    truths: dict[str, dict[str, Truth]] = {key: {} for key in keys}
    for leaf in leaves(question.population) if keys else ():
        trees = compiler.patients(leaf)
        certain = _among(records, keys, trees.certain)
        possible = _among(records, [key for key in keys if key not in certain], trees.possible)
        for key, known in truths.items():
            known[leaf.path] = _truth(key, certain, possible)
    judged = {key: judge(question.population, known) for key, known in truths.items()}
    return {key: each for key, each in judged.items() if each.truth is not Truth.FALSE}


def _truth(key: str, certain: set[str], possible: set[str]) -> Truth:
    if key in certain:
        return Truth.TRUE
    return Truth.UNKNOWN if key in possible else Truth.FALSE


def _among(records: Records, keys: Sequence[str], where: Expression) -> set[str]:
    return set(records.keys(PATIENT, All((Keys(PATIENT, tuple(keys)), where)))) if keys else set()


def _counts(population: Trees, records: Records, judged: dict[str, Judgement], *, whole: bool) -> Counts:
    """The numbers; the page tells them itself where it is the only one."""
    if whole:
        matched = sum(each.truth is Truth.TRUE for each in judged.values())
        return Counts(matched, len(judged) - matched)
    matched = records.count(PATIENT, population.certain)
    return Counts(matched, records.count(PATIENT, population.possible) - matched)


def _listed(judged: dict[str, Judgement], counts: Counts, shown: Disclosure) -> dict[str, Judgement]:
    withheld = {Truth.TRUE: shown.withholds(counts.matched), Truth.UNKNOWN: shown.withholds(counts.unknown)}
    return {key: each for key, each in judged.items() if not withheld[each.truth]}


def _shown_counts(question: Question, counts: Counts, shown: Disclosure) -> dict[str, int | None]:
    if not question.count:
        return {"matched": None, "unknown": None}
    return {"matched": shown.count(counts.matched), "unknown": shown.count(counts.unknown)}


def _patient(reference: str, judgement: Judgement) -> dict[str, Any]:
    return {
        "reference": reference,
        "verdict": VERDICTS[judgement.truth],
        "deciding": list(judgement.deciding),
    }


def _after(question: Question, asking: Asking) -> tuple[object, ...] | None:
    if question.token is None:
        return None
    with located("$.page.token"):
        return asking.tokens.read(asking.records.scope, question.cohort, question.token, asking.now)


def _next(question: Question, asking: Asking, after: tuple[object, ...] | None) -> str | None:
    if after is None:
        return None
    return asking.tokens.issue(asking.records.scope, question.cohort, after, asking.now)
