"""The use case: a question is answered for one caller, patients a page at a time.

The two trees of the population find the page; each leaf, asked of that page alone, tells what decides every
verdict. Counts are of all patients, rows and links of those on the page who match.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.cohorts.charts import Charts
from app.cohorts.disclosure import Disclosure
from app.cohorts.places import located
from app.cohorts.question import CohortQuestion, Exists, leaves
from app.cohorts.reading import read_question
from app.cohorts.tables import Tables
from app.cohorts.trees import Compiler, Trees
from app.cohorts.verdicts import Judgement, Truth, judge
from app.cohorts.vocabulary import PATIENT
from app.paging import PageTokens
from app.site import Sites
from graph.budget import MOST_OF_A_COHORT, spend
from graph.query.expression import All, Expression, KeyIn
from graph.query.prices import price
from graph.resources.references import ReferenceStore
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.terminology.concepts import ConceptStore

VERDICTS = {Truth.TRUE: "matched", Truth.UNKNOWN: "unknown"}
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Counts:
    """How many patients match, and of how many nobody can say."""

    matched: int
    unknown: int


class Cohorts:
    """Answers questions; `pseudonym_key` is the secret under which patients get their pseudonyms."""

    def __init__(
        self,
        resources: ResourceStore,
        references: ReferenceStore,
        concepts: ConceptStore,
        *,
        tokens: PageTokens,
        pseudonym_key: bytes,
        sites: Sites,
    ) -> None:
        self._resources = resources
        self._references = references
        self._concepts = concepts
        self._tokens = tokens
        self._pseudonym_key = pseudonym_key
        self._sites = sites

    def ask(self, scope: AccessScope, raw: Any, now: int) -> dict[str, Any]:
        """Answer the JSON of a question as JSON; `now` in µs since the epoch.

        Raises `Invalid` and `TooLarge` with the JSONPath of what is wrong.
        """
        scope.require("cohort.query")
        zone = self._sites.of(scope).zone
        today = datetime.fromtimestamp(now // _MICROSECONDS, UTC).astimezone(zone).date()
        question = read_question(raw, today)
        charts = Charts(scope, self._resources, self._references, self._concepts)
        compiler = Compiler(question.as_of, zone, _codings(question, charts))
        return self._answer(question, charts, compiler, now)

    def _answer(
        self, question: CohortQuestion, charts: Charts, compiler: Compiler, now: int
    ) -> dict[str, Any]:
        population = compiler.patients(question.population)
        with located("$.population"):
            spend(price(population.possible), MOST_OF_A_COHORT)
        shown = Disclosure.to(charts.scope, self._pseudonym_key, question.min_cell)
        after = self._after(question, charts.scope, now)
        with located("$.population"):
            page = charts.page(PATIENT, population.possible, question.limit, after)
        judged = _judged(question, compiler, charts, page.keys)
        whole = question.token is None and page.after is None
        counts = _counts(population, charts, judged, whole=whole)
        listed = _listed(judged, counts, shown)
        matched = [key for key, each in listed.items() if each.truth is Truth.TRUE]
        tables = Tables(question, charts, compiler, matched)
        answer = {
            "cohort": question.cohort,
            "asOf": question.as_of.isoformat(),
            "counts": _shown_counts(question, counts, shown),
            "patients": [_patient(shown.reference(key), each) for key, each in listed.items()],
            "rows": tables.rows(shown),
            "links": tables.links(shown),
            "next": self._next(question, charts.scope, page.after, now),
        }
        charts.scope.concerns((*listed, *tables.studies))
        if question.count:
            charts.scope.counts(counts.matched + counts.unknown)
        return answer

    def _after(self, question: CohortQuestion, scope: AccessScope, now: int) -> tuple[object, ...] | None:
        """Where the page that is asked for begins; None for the first one."""
        if question.token is None:
            return None
        with located("$.page.token"):
            return self._tokens.read(scope, question.cohort, question.token, now)

    def _next(
        self, question: CohortQuestion, scope: AccessScope, after: tuple[object, ...] | None, now: int
    ) -> str | None:
        """The token of the page after this one; None after the last."""
        return None if after is None else self._tokens.issue(scope, question.cohort, after, now)


def _codings(question: CohortQuestion, charts: Charts) -> dict[tuple[str, str], Any]:
    """What the concept sets of every event mean, expanded once."""
    own = (leaf.event for leaf in leaves(question.population) if isinstance(leaf, Exists))
    events = {each.path: each for each in (*question.events.values(), *own)}
    return {
        (path, name): charts.expand(concepts)
        for path, event in events.items()
        for name, concepts in event.concepts.items()
    }


def _judged(
    question: CohortQuestion, compiler: Compiler, charts: Charts, keys: Sequence[str]
) -> dict[str, Judgement]:
    """The judgement of each patient of the page, in its order."""
    truths: dict[str, dict[str, Truth]] = {key: {} for key in keys}
    for leaf in leaves(question.population) if keys else ():
        trees = compiler.patients(leaf)
        certain = _among(charts, keys, trees.certain)
        possible = _among(charts, [key for key in keys if key not in certain], trees.possible)
        for key, known in truths.items():
            known[leaf.path] = _truth(key, certain, possible)
    judged = {key: judge(question.population, known) for key, known in truths.items()}
    return {key: each for key, each in judged.items() if each.truth is not Truth.FALSE}


def _truth(key: str, certain: set[str], possible: set[str]) -> Truth:
    if key in certain:
        return Truth.TRUE
    return Truth.UNKNOWN if key in possible else Truth.FALSE


def _among(charts: Charts, keys: Sequence[str], where: Expression) -> set[str]:
    return set(charts.keys(PATIENT, All((KeyIn(PATIENT, tuple(keys)), where)))) if keys else set()


def _counts(population: Trees, charts: Charts, judged: dict[str, Judgement], *, whole: bool) -> Counts:
    """The numbers; the page tells them itself where it is the only one."""
    if whole:
        matched = sum(each.truth is Truth.TRUE for each in judged.values())
        return Counts(matched, len(judged) - matched)
    matched = charts.count(PATIENT, population.certain)
    return Counts(matched, charts.count(PATIENT, population.possible) - matched)


def _listed(judged: dict[str, Judgement], counts: Counts, shown: Disclosure) -> dict[str, Judgement]:
    withheld = {Truth.TRUE: shown.withholds(counts.matched), Truth.UNKNOWN: shown.withholds(counts.unknown)}
    return {key: each for key, each in judged.items() if not withheld[each.truth]}


def _shown_counts(question: CohortQuestion, counts: Counts, shown: Disclosure) -> dict[str, int | None]:
    if not question.count:
        return {"matched": None, "unknown": None}
    return {"matched": shown.count(counts.matched), "unknown": shown.count(counts.unknown)}


def _patient(reference: str, judgement: Judgement) -> dict[str, Any]:
    return {
        "reference": reference,
        "verdict": VERDICTS[judgement.truth],
        "deciding": list(judgement.deciding),
    }
