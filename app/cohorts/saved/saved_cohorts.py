"""The use case of saved cohorts: kept, shared, answered again, and compared with what they found before.

Whoever a cohort is shared with sees its question; what it finds is always told under the rights of who asks.
A refresh is told to whom it was made for, and to nobody else: it holds what their rights showed then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

from app.cohorts.answers.answering import ASK, CohortAsking, Cohorts
from app.cohorts.answers.disclosure import is_pseudonymous
from app.cohorts.language.normal_form import cohort_of, normal_form
from app.cohorts.language.question import CohortQuestion
from app.cohorts.language.vocabulary import PATIENT
from app.cohorts.saved.comparing import MOST_LISTED, UNTOLD, Comparison
from app.cohorts.saved.forms import CohortForm, read_form
from app.cohorts.saved.sides import MATCHED, Side, SideNow, SideThen, kept_of
from graph.cohorts.records import AskedQuestion, CohortRefresh, CohortTerms, CohortVersion, SavedCohort
from graph.cohorts.saved import CohortWindow, SavedCohortStore
from graph.errors import HilumError, Invalid
from graph.resources.sieve import Serials
from graph.scope import AccessScope

_ANY_DAY = date.min  # the day of the hash of a question that names none: it is to be the same every day
_QUESTION = "$.question"
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """A side of a comparison by name: `v2` is version 2 as it is answered now, `r3` the third refresh."""

    text: str
    number: int
    is_refresh: bool

    @classmethod
    def parse(cls, text: str, location: str) -> "ComparedSide":
        """Read the name of a side; raises `Invalid` for anything else."""
        kind, number = text[:1], text[1:]
        if kind not in ("v", "r") or not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
            raise Invalid("name a version, as v2, or a refresh of yours, as r3", location=location)
        return cls(text, int(number), kind == "r")


class _Refreshed(NamedTuple):
    """A refresh, what its question is answered from, and who matched then, by serial."""

    refresh: CohortRefresh
    asking: CohortAsking
    matched: Serials


class SavedCohorts:
    """Saves, shows, answers and compares cohorts."""

    def __init__(self, store: SavedCohortStore, cohorts: Cohorts) -> None:
        self._store = store
        self._cohorts = cohorts

    def save(self, scope: AccessScope, raw: Any, now: int) -> SavedCohort:
        """Save a cohort of the caller's own from its JSON; `now` in µs.

        Raises `Invalid` and `TooLarge` with the JSONPath of what is wrong.
        """
        form = read_form(raw)
        return self._store.create(scope, uuid4().hex, form.terms, self._asked(scope, form, now), now)

    def listed(self, scope: AccessScope, limit: int, after: tuple[int, str] | None) -> list[SavedCohort]:
        """The saved cohorts that are the caller's to see, the newest first, at most so many.

        They are those after the one that was created at a moment (µs) with an id, None for the first ones.
        """
        return self._store.page(scope, CohortWindow(limit, after))

    def found(self, scope: AccessScope, cohort_id: str) -> tuple[SavedCohort, CohortVersion]:
        """A saved cohort and its newest version; raises `NotFound`."""
        cohort = self._store.find(scope, cohort_id)
        return cohort, self._store.version(scope, cohort_id, cohort.version)

    def change(
        self, scope: AccessScope, cohort_id: str, raw: Any, now: int, require: Callable[[SavedCohort], None]
    ) -> SavedCohort:
        """Make a saved cohort of the caller's own what its JSON says, unless `require` raises.

        Raises `Invalid`, `NotFound`, `Forbidden` where it is another's, `TooLarge`.
        """
        form = read_form(raw)
        question = self._asked(scope, form, now)

        def changed(before: SavedCohort, _: CohortVersion) -> tuple[CohortTerms, AskedQuestion]:
            require(before)
            return form.terms, question

        return self._store.change(scope, cohort_id, changed, now)

    def remove(self, scope: AccessScope, cohort_id: str, require: Callable[[SavedCohort], None]) -> None:
        """Remove a saved cohort of the caller's own, unless `require` raises.

        Raises `NotFound`, and `Forbidden` where it is another's.
        """
        self._store.remove(scope, cohort_id, require)

    def versions(self, scope: AccessScope, cohort_id: str) -> list[CohortVersion]:
        """The versions of its question, the newest first; raises `NotFound`."""
        return self._store.versions(scope, cohort_id)

    def version(self, scope: AccessScope, cohort_id: str, number: int) -> CohortVersion:
        """One version of its question; raises `NotFound`."""
        return self._store.version(scope, cohort_id, number)

    def question(
        self,
        scope: AccessScope,
        cohort_id: str,
        version: int | None,
        changes: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The JSON of a version's question, the newest where it is None, with some members put in place.

        Raises `NotFound`.
        """
        number = self._store.find(scope, cohort_id).version if version is None else version
        return {**self._store.version(scope, cohort_id, number).question.raw, **(changes or {})}

    def refresh(self, scope: AccessScope, cohort_id: str, as_of: str | None, now: int) -> CohortRefresh:
        """Answer the newest version and keep for the caller whom it found; on a day, or on that of now.

        Raises `NotFound`, and what `Cohorts.ask` raises.
        """
        cohort = self._store.find(scope, cohort_id)
        changes = {} if as_of is None else {"asOf": as_of}
        raw = {**self._store.version(scope, cohort_id, cohort.version).question.raw, **changes}
        question = self._counted(scope, raw, now)
        asking = self._cohorts.asking(scope, question, now)
        lister = asking.lister()
        counts = asking.counts(lister)
        scope.counts((counts.matched or 0) + (counts.unknown or 0))
        refresh = CohortRefresh(
            0,
            cohort.version,
            question.cohort,
            question.as_of.isoformat(),
            now,
            counts.matched,
            counts.unknown,
            is_pseudonymous(scope),
        )
        return self._store.add_refresh(scope, cohort_id, refresh, kept_of(asking, lister))

    def refreshes(self, scope: AccessScope, cohort_id: str) -> list[CohortRefresh]:
        """What the caller was told of a cohort, the newest first; raises `NotFound`."""
        return self._store.refreshes(scope, cohort_id, guarded=is_pseudonymous(scope))

    def refreshed(
        self, scope: AccessScope, cohort_id: str, number: int, now: int
    ) -> tuple[CohortRefresh, list[str]]:
        """What the caller was told once, and who of those who matched then they see now, as references.

        At most `MOST_LISTED` of them. Raises `NotFound`.
        """
        if ASK not in scope.permissions:
            return self._store.refresh(scope, cohort_id, number, guarded=is_pseudonymous(scope))[0], []
        found, asking, matched = self._then(scope, cohort_id, number, now)
        patients = _seen(asking, matched)[:MOST_LISTED]
        scope.concerns(patients)
        return found, [asking.shown.reference(key) for key in patients]

    def compare(
        self, scope: AccessScope, cohort_id: str, before: ComparedSide, after: ComparedSide, now: int
    ) -> dict[str, Any]:
        """Who entered and who left between two sides, as JSON; versions are answered now.

        Raises `NotFound`, and what `Cohorts.ask` raises.
        """
        named = {"from": before.text, "to": after.text}
        sides: list[Side] = []
        for each in (before, after):
            asking, side = self._side(scope, cohort_id, each, now)
            if side is None:
                return {**named, **UNTOLD}
            sides.append(side)
        comparison = Comparison(sides[0], sides[1], asking)
        return {**named, **comparison.told(listed=ASK in scope.permissions)}

    def _then(self, scope: AccessScope, cohort_id: str, number: int, now: int) -> "_Refreshed":
        """A refresh, its question, and who matched then, as far as that was told."""
        found, kept = self._store.refresh(scope, cohort_id, number, guarded=is_pseudonymous(scope))
        raw = self.question(scope, cohort_id, found.version, {"asOf": found.as_of})
        asking = self._cohorts.asking(scope, self._cohorts.question(scope, raw, now), now)
        return _Refreshed(found, asking, kept.sets[MATCHED] if found.matched is not None else frozenset())

    def _side(
        self, scope: AccessScope, cohort_id: str, named: ComparedSide, now: int
    ) -> tuple[CohortAsking, Side | None]:
        """A side of a comparison; None where who matches there is withheld."""
        if named.is_refresh:
            found, kept = self._store.refresh(scope, cohort_id, named.number, guarded=is_pseudonymous(scope))
            raw = self.question(scope, cohort_id, found.version, {"asOf": found.as_of})
            question = self._counted(scope, raw, now)
            asking = self._cohorts.asking(scope, question, now)
            return asking, SideThen(question, kept) if found.matched is not None else None
        raw = self.question(scope, cohort_id, named.number)
        asking = self._cohorts.asking(scope, self._counted(scope, raw, now), now)
        lister = asking.lister()
        return asking, SideNow.of(lister) if asking.counts(lister).matched is not None else None

    def _counted(self, scope: AccessScope, raw: Mapping[str, Any], now: int) -> CohortQuestion:
        """A question without its rows: who matches is all that is asked."""
        output = raw.get("output", {})
        privacy = {"privacy": output["privacy"]} if "privacy" in output else {}
        return self._cohorts.question(scope, {**raw, "output": privacy}, now)

    def _asked(self, scope: AccessScope, form: CohortForm, now: int) -> AskedQuestion:
        """The question of a form, which the caller may ask."""
        try:
            self._cohorts.question(scope, form.question, now)
        except HilumError as error:
            error.location = f"{_QUESTION}{(error.location or '$').removeprefix('$')}"
            raise
        named = date.fromisoformat(form.question["asOf"]) if "asOf" in form.question else _ANY_DAY
        return AskedQuestion(form.question, cohort_of(normal_form(form.question, named)))


def _seen(asking: CohortAsking, kept: Serials) -> tuple[str, ...]:
    """Those of kept patients whom the caller sees now, by key; none where these may not be told."""
    patients = tuple(asking.charts.named(PATIENT, kept).values())
    if asking.withholding is not None:
        (told,) = asking.withholding.told([[asking.shown.reference(key) for key in patients]])
        return patients if told else ()
    return patients
