"""The use case: a question is answered for one caller, patients a page at a time.

Counts are of all patients, rows and links of those on the page who match. What is not told to a caller who
sees pseudonyms is left out of every part alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.cohorts.answers.counting import crossed
from app.cohorts.answers.dimensions import Dimensions
from app.cohorts.answers.disclosure import Disclosure, is_pseudonymous
from app.cohorts.answers.lines import Line, lines
from app.cohorts.answers.listing import Counts, Keyset, Lacking, Lister, Listing, counted
from app.cohorts.answers.pages import ToldCohort
from app.cohorts.answers.tables import Tables
from app.cohorts.answers.tallies import Tally, guarded_tally, nothing_told, tally
from app.cohorts.answers.withholding import Withholding
from app.cohorts.evaluation.charts import Charts
from app.cohorts.evaluation.evaluation import Evaluation
from app.cohorts.evaluation.verdicts import Judgement, Truth
from app.cohorts.language.places import located
from app.cohorts.language.question import CohortQuestion
from app.cohorts.language.reading import read_question
from app.cohorts.language.shaping import OF_GRAIN
from app.paging import PageTokens
from app.security.policy import COUNTED
from app.site import Sites
from graph.budget import MOST_OF_A_COHORT, spend
from graph.columns.columns import Columns
from graph.errors import Forbidden
from graph.query.expression import Expression
from graph.resources.references import ReferenceStore
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.tellings.tellings import TellingStore
from graph.terminology.concepts import ConceptStore

NOTHING_MISSING: Mapping[str, Sequence[Lacking]] = {}
VERDICTS = {Truth.TRUE: "matched", Truth.UNKNOWN: "unknown"}
ASK = "cohort.query"


class Cohorts:
    """Answers questions; `pseudonym_key` is the secret under which patients get their pseudonyms."""

    def __init__(
        self,
        resources: ResourceStore,
        references: ReferenceStore,
        concepts: ConceptStore,
        tellings: TellingStore,
        columns: Columns,
        *,
        tokens: PageTokens,
        pseudonym_key: bytes,
        sites: Sites,
    ) -> None:
        self._resources = resources
        self._references = references
        self._concepts = concepts
        self._tellings = tellings
        self._columns = columns
        self._tokens = tokens
        self._pseudonym_key = pseudonym_key
        self._sites = sites

    def ask(self, scope: AccessScope, raw: Any, now: int) -> dict[str, Any]:
        """Answer the JSON of a question as JSON; `now` in µs since the epoch.

        Raises `Invalid` and `TooLarge` with the JSONPath of what is wrong, `Throttled` where a caller who
        sees pseudonyms was told too much already, `Forbidden` where who is told counts only asks for rows,
        `Unavailable` while what it looks at is being read.
        """
        return self.answer(scope, self.question(scope, raw, now), now)

    def disclosure(self, scope: AccessScope) -> Disclosure:
        """How answers are shown to a caller."""
        return Disclosure.to(scope, self._pseudonym_key)

    def question(self, scope: AccessScope, raw: Any, now: int) -> CohortQuestion:
        """Read the JSON of a question that the caller may ask.

        Raises `Invalid` and `TooLarge` with the JSONPath of what is wrong, `Forbidden` where who is told
        counts only asks for rows.
        """
        scope.require(ASK, COUNTED[ASK])
        question = self._read(scope, raw, now)
        if _counts_only(scope) and question.rows:
            asked = "$.output.rows" if any(each.path != OF_GRAIN for each in question.rows) else OF_GRAIN
            raise Forbidden("counts are told here, and no rows", location=asked, code="forbidden")
        return question

    def check(self, scope: AccessScope, raw: Any, now: int) -> None:
        """Raise what is wrong with the JSON of a question, without asking it.

        Raises what `ask` raises, and `Forbidden` for who is told counts only.
        """
        scope.require(ASK)
        self.asking(scope, self.question(scope, raw, now), now)

    def page(self, scope: AccessScope, raw: Any, now: int, after: Keyset | None) -> ToldCohort:
        """One page of who matches, for a use case that goes through all of them: as `ask` tells them.

        It begins after a place, None for the first page. Raises what `ask` raises, and `Forbidden` for who is
        told counts only.
        """
        scope.require(ASK)
        asking = self.asking(scope, self.question(scope, raw, now), now)
        listing = asking.listing(asking.lister(), after)
        scope.concerns(listing.judged)
        return asking.page(listing)

    def asking(self, scope: AccessScope, question: CohortQuestion, now: int) -> "CohortAsking":
        """What a question of a caller is answered from."""
        charts, guarded = self._charts(scope), is_pseudonymous(scope)
        return CohortAsking(
            question,
            charts,
            self._evaluation(question, charts),
            self.disclosure(scope),
            Withholding(self._tellings, scope, question.min_cell, now) if guarded else None,
        )

    def counter(self, scope: AccessScope, now: int) -> Callable[[Any], Counts]:
        """What counts the patients of questions that are alike; it raises what `ask` raises.

        Who sees pseudonyms is told what an answer tells; for others, what questions share is found once.
        """
        scope.require(ASK, COUNTED[ASK])
        if is_pseudonymous(scope):
            return lambda raw: Counts(**self.ask(scope, raw, now)["counts"])
        charts = self._charts(scope)
        paid: set[Expression] = set()

        def count(raw: Any) -> Counts:
            question = self._read(scope, raw, now)
            evaluation = self._evaluation(question, charts)
            new = {asked: each for asked, each in evaluation.prices(question) if asked not in paid}
            spend(sum(new.values()), MOST_OF_A_COHORT)
            paid.update(new)
            counts = counted(charts, evaluation.patients(question.population))
            scope.counts((counts.matched or 0) + (counts.unknown or 0))
            return counts

        return count

    def _read(self, scope: AccessScope, raw: Any, now: int) -> CohortQuestion:
        """A question as of its day, or of today at the site."""
        return read_question(raw, self._sites.day(scope, now), by_year=is_pseudonymous(scope))

    def _charts(self, scope: AccessScope) -> Charts:
        sieve = self._resources.sieve(scope, self._columns)
        return Charts(scope, self._resources, self._references, self._concepts, sieve)

    def _evaluation(self, question: CohortQuestion, charts: Charts) -> Evaluation:
        zone, by_year = self._sites.of(charts.scope).zone, is_pseudonymous(charts.scope)
        return Evaluation.of(question, charts, zone, by_year=by_year)

    def answer(self, scope: AccessScope, question: CohortQuestion, now: int) -> dict[str, Any]:
        """Answer one page of a question as JSON; raises as `ask` does."""
        asking = self.asking(scope, question, now)
        lister = asking.lister()
        listing = asking.listing(lister, self._after(question, scope, now))
        told = asking.told(listing.counts)
        if question.shape.by and question.token is None:
            told["by"] = asking.tally(lister, listing.counts).shown()
        if _counts_only(scope):
            return {**told, "patients": [], "rows": {}, "links": [], "next": None}
        rows, links = asking.tables(listing.matched)
        scope.concerns(listing.judged)
        following = self._next(question, scope, listing.after, now)
        return {
            **told,
            "patients": asking.patients(listing.judged, listing.missing),
            "rows": lines(question, rows, links, asking.shown),
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
class CohortAsking:
    """One question of one caller: what it is answered from, and how it is shown.

    `withholding` is None for a caller from whom nothing is withheld.
    """

    question: CohortQuestion
    charts: Charts
    evaluation: Evaluation
    shown: Disclosure
    withholding: Withholding | None

    def listing(self, lister: Lister, after: Keyset | None) -> Listing:
        """The patients of the page that begins after a place."""
        with located("$.population"):
            if self.withholding is None:
                return lister.whole(after)
            return lister.told(after, self.shown, self.withholding)

    def counts(self, lister: Lister) -> Counts:
        """How many patients there are of each verdict that is told."""
        with located("$.population"):
            return lister.counts(self.shown, self.withholding)

    def lister(self) -> Lister:
        """What lists the patients; raises `TooLarge` for a question that costs too much."""
        with located("$.population"):
            spend(self.evaluation.price(self.question), MOST_OF_A_COHORT)
            population = self.evaluation.patients(self.question.population)
        return Lister(self.question, self.charts, self.evaluation, population)

    def told(self, counts: Counts) -> dict[str, Any]:
        """What is told of all patients: the question's hash, its day, and how many there are."""
        if self.question.count:
            self.charts.scope.counts((counts.matched or 0) + (counts.unknown or 0))
        return {
            "cohort": self.question.cohort,
            "asOf": self.question.as_of.isoformat(),
            "counts": _shown_counts(self.question, counts),
        }

    def tally(self, lister: Lister, counts: Counts) -> Tally:
        """Those who match, counted by the question's dimensions."""
        by, charts = self.question.shape.by, self.charts
        if counts.matched is None:
            return nothing_told(by)
        with located("$.output.by"):
            matched, _ = lister.verdicts()
            values = charts.resources.row_values(charts.scope)
            crossing = crossed(Dimensions(charts, self.evaluation, values), by, matched)
            if self.withholding is None:
                return tally(by, crossing)
            return guarded_tally(by, crossing, charts, self.shown, self.withholding)

    def patients(
        self, judged: Mapping[str, Judgement], missing: Mapping[str, Sequence[Lacking]] = NOTHING_MISSING
    ) -> list[Line]:
        """Patients, by key, as they are shown, with what would decide those who are unknown."""
        return [
            {
                "reference": self.shown.reference(key),
                "verdict": VERDICTS[each.truth],
                "deciding": self.shown.deciding(each.deciding),
                "missing": [
                    {"path": lacking.path, "data": list(lacking.data)} for lacking in missing.get(key, ())
                ],
            }
            for key, each in judged.items()
        ]

    def tables(self, matched: Sequence[str]) -> tuple[dict[str, list[Line]], list[dict[str, str]]]:
        """The rows and the links of those on a page who match."""
        return self._told(Tables(self.question, self.charts, self.evaluation, matched), matched)

    def page(self, listing: Listing) -> ToldCohort:
        """Who matches on a page, with their rows, links and studies."""
        tables = Tables(self.question, self.charts, self.evaluation, listing.matched)
        rows, links = self._told(tables, listing.matched)
        owners = tables.owners() | {key: key for key in listing.matched}
        told = {row["reference"] for table in rows.values() for row in table}
        studies = {
            uid: owner
            for key, (uid, owner) in tables.pictures().items()
            if self.withholding is None or self.shown.reference(key) in told or not tables.asks_for_pictures
        }
        return ToldCohort(
            patients=listing.matched,
            rows={each.name: rows[each.name] for each in self.question.rows},
            resources={each.name: each.resource for each in self.question.rows},
            links=links,
            keys={self.shown.reference(key): key for key in owners},
            studies=studies,
            after=listing.after,
            cohort=self.question.cohort,
            as_of=self.question.as_of,
        )

    def _told(
        self, tables: Tables, matched: Sequence[str]
    ) -> tuple[dict[str, list[Line]], list[dict[str, str]]]:
        """The rows and links of tables, as far as they are told."""
        rows, links = tables.rows(self.shown), tables.links(self.shown)
        self.charts.scope.concerns(tables.studies)
        return self.withheld(rows, links, matched)

    def withheld(
        self, rows: dict[str, list[Line]], links: list[dict[str, str]], matched: Sequence[str]
    ) -> tuple[dict[str, list[Line]], list[dict[str, str]]]:
        """Rows and links of some patients who match, without what is withheld of them."""
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


def _shown_counts(question: CohortQuestion, counts: Counts) -> dict[str, int | None]:
    if not question.count:
        return {"matched": None, "unknown": None}
    return {"matched": counts.matched, "unknown": counts.unknown}
