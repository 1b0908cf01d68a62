"""The use case: a question is answered for one caller, patients a page at a time.

Counts are of all patients, rows and links of those on the page who match. What is not told to a caller who
sees pseudonyms is left out of every part alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.cohorts.charts import Charts
from app.cohorts.disclosure import Disclosure, is_pseudonymous
from app.cohorts.listing import Counts, Keyset, Lister, Listing
from app.cohorts.places import located
from app.cohorts.question import CohortQuestion, Exists, leaves
from app.cohorts.reading import read_question
from app.cohorts.tables import Tables
from app.cohorts.trees import Compiler
from app.cohorts.verdicts import Truth
from app.cohorts.withholding import Withholding
from app.paging import PageTokens
from app.security.policy import COUNTED
from app.site import Sites
from graph.budget import MOST_OF_A_COHORT, spend
from graph.errors import Forbidden
from graph.query.prices import price
from graph.resources.references import ReferenceStore
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.tellings.tellings import TellingStore
from graph.terminology.concepts import ConceptStore

VERDICTS = {Truth.TRUE: "matched", Truth.UNKNOWN: "unknown"}
_MICROSECONDS = 1_000_000
ASK = "cohort.query"


class Cohorts:
    """Answers questions; `pseudonym_key` is the secret under which patients get their pseudonyms."""

    def __init__(
        self,
        resources: ResourceStore,
        references: ReferenceStore,
        concepts: ConceptStore,
        tellings: TellingStore,
        *,
        tokens: PageTokens,
        pseudonym_key: bytes,
        sites: Sites,
    ) -> None:
        self._resources = resources
        self._references = references
        self._concepts = concepts
        self._tellings = tellings
        self._tokens = tokens
        self._pseudonym_key = pseudonym_key
        self._sites = sites

    def ask(self, scope: AccessScope, raw: Any, now: int) -> dict[str, Any]:
        """Answer the JSON of a question as JSON; `now` in µs since the epoch.

        Raises `Invalid` and `TooLarge` with the JSONPath of what is wrong, `Throttled` where a caller who
        sees pseudonyms was told too much already, `Forbidden` where who is told counts only asks for rows.
        """
        scope.require(ASK, COUNTED[ASK])
        zone = self._sites.of(scope).zone
        today = datetime.fromtimestamp(now // _MICROSECONDS, UTC).astimezone(zone).date()
        guarded = is_pseudonymous(scope)
        question = read_question(raw, today, by_year=guarded)
        if _counts_only(scope) and question.rows:
            raise Forbidden("counts are told here, and no rows", location="$.output.rows", code="forbidden")
        sieve = self._resources.sieve(scope)
        charts = Charts(scope, self._resources, self._references, self._concepts, sieve)
        asking = _Asking(
            question,
            charts,
            Compiler(question.as_of, zone, _codings(question, charts)),
            Disclosure.to(scope, self._pseudonym_key),
            Withholding(self._tellings, scope, question.min_cell, now) if guarded else None,
        )
        return self._answer(asking, now)

    def _answer(self, asking: "_Asking", now: int) -> dict[str, Any]:
        question, scope = asking.question, asking.charts.scope
        listing = asking.listing(self._after(question, scope, now))
        if question.count:
            scope.counts((listing.counts.matched or 0) + (listing.counts.unknown or 0))
        told = {
            "cohort": question.cohort,
            "asOf": question.as_of.isoformat(),
            "counts": _shown_counts(question, listing.counts),
        }
        if _counts_only(scope):
            return {**told, "patients": [], "rows": {}, "links": [], "next": None}
        rows, links = asking.tables(listing.matched)
        scope.concerns(listing.judged)
        following = self._next(question, scope, listing.after, now)
        return {
            **told,
            "patients": asking.patients(listing),
            "rows": rows,
            "links": links,
            "next": following,
        }

    def _after(self, question: CohortQuestion, scope: AccessScope, now: int) -> Keyset | None:
        """Where the page that is asked for begins; None for the first one."""
        if question.token is None:
            return None
        with located("$.page.token"):
            return self._tokens.read(scope, _paged(question, scope), question.token, now)

    def _next(
        self, question: CohortQuestion, scope: AccessScope, after: Keyset | None, now: int
    ) -> str | None:
        """The token of the page after this one; None after the last."""
        return None if after is None else self._tokens.issue(scope, _paged(question, scope), after, now)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question of one caller: what it is answered from, and how it is shown.

    `withholding` is None for a caller from whom nothing is withheld.
    """

    question: CohortQuestion
    charts: Charts
    compiler: Compiler
    shown: Disclosure
    withholding: Withholding | None

    def listing(self, after: Keyset | None) -> Listing:
        """The patients of the page that begins after a place."""
        population = self.compiler.patients(self.question.population)
        lister = Lister(self.question, self.charts, self.compiler, population)
        with located("$.population"):
            spend(price(population.possible) + self._price_of_rows(), MOST_OF_A_COHORT)
            if self.withholding is None:
                return lister.whole(after)
            return lister.told(after, self.shown, self.withholding)

    def _price_of_rows(self) -> int:
        events = (each.event for each in self.question.rows if each.event is not None)
        return sum(price(self.compiler.rows(each).certain) for each in events)

    def patients(self, listing: Listing) -> list[dict[str, Any]]:
        """The patients of a page as they are shown."""
        return [
            {
                "reference": self.shown.reference(key),
                "verdict": VERDICTS[each.truth],
                "deciding": self.shown.deciding(each.deciding),
            }
            for key, each in listing.judged.items()
        ]

    def tables(self, matched: Sequence[str]) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, str]]]:
        """The rows and the links of those on a page who match."""
        tables = Tables(self.question, self.charts, self.compiler, matched)
        rows, links = tables.rows(self.shown), tables.links(self.shown)
        self.charts.scope.concerns(tables.studies)
        if self.withholding is None:
            return rows, links
        page = frozenset(self.shown.reference(key) for key in matched)
        owners = {row["reference"]: row["patient"] for table in rows.values() for row in table}
        return self.withholding.rows(rows, page), self.withholding.links(links, owners, page)


def _counts_only(scope: AccessScope) -> bool:
    """Whether a caller is told counts, and no patient."""
    return ASK not in scope.permissions


def _paged(question: CohortQuestion, scope: AccessScope) -> str:
    """What a page belongs to: the question, and how it is shown."""
    return f"{question.cohort} {scope.purpose}"


def _codings(question: CohortQuestion, charts: Charts) -> dict[tuple[str, str], Any]:
    """What the concept sets of every event mean, expanded once."""
    own = (leaf.event for leaf in leaves(question.population) if isinstance(leaf, Exists))
    events = {each.path: each for each in (*question.events.values(), *own)}
    return {
        (path, name): charts.expand(concepts)
        for path, event in events.items()
        for name, concepts in event.concepts.items()
    }


def _shown_counts(question: CohortQuestion, counts: Counts) -> dict[str, int | None]:
    if not question.count:
        return {"matched": None, "unknown": None}
    return {"matched": counts.matched, "unknown": counts.unknown}
