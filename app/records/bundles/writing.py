"""Writing the entries of Bundles: a transaction's together, a batch's each for itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.preconditions import preconditions
from app.records.bundles.entries import BundleEntry, BundleReading, placed, read_bundle
from app.records.bundles.plans import MOST_ALONE, TransactionPlan, criteria_of, plan_of
from app.records.bundles.units import WriteEntries
from app.records.search import SearchContext, SearchContexts, require_resolved
from app.records.write.patching import Patching, until_written
from app.records.write.terms import WritingTerms
from app.records.write.writing import Overtaken, Written, noted
from fhir_profiles.issues import ProfileError
from graph.commit.committer import Failure
from graph.errors import HilumError, TooLarge
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope


class BundleWriter:
    """The writer of Bundles of one gateway."""

    def __init__(
        self, store: ResourceStore, terms: WritingTerms, patching: Patching, contexts: SearchContexts
    ) -> None:
        self._store = store
        self._terms = terms
        self._patching = patching
        self._contexts = contexts

    def transaction(self, scope: AccessScope, raw: bytes) -> list[Written | None]:
        """Write the text of a transaction Bundle, all or nothing; None where nothing was deleted.

        Raises what is wrong with the text, with an entry or with what it is conditional on.
        """
        return self.write_together(scope, read_bundle(raw, "transaction").all())

    def write_together(
        self,
        scope: AccessScope,
        entries: Sequence[BundleEntry],
        readings: Sequence[BundleReading] = (),
    ) -> list[Written | None]:
        """Write the entries of a transaction in one commit, if what it reads is there then.

        Raises what is wrong with any of them.
        """
        scope.require("fhir.write")

        def once() -> list[Written | None]:
            unit = WriteEntries(plan=self._plan(scope, entries, readings), **self._whose(scope))
            return [noted(scope, each) for each in self._store.commit(scope, unit)]

        return until_written(once)

    def write_each(
        self, scope: AccessScope, entries: Sequence[BundleEntry]
    ) -> list[Written | Failure | None]:
        """Write the entries of a batch, each for itself and in their order; a failure is an outcome.

        Raises `TooLarge` beyond `MOST_ALONE` conditions that take a search, before anything is written.
        """
        scope.require("fhir.write")
        plans = [self._plan_or_failure(scope, entry) for entry in entries]
        _bound(plans)
        units = [
            WriteEntries(plan=plan, **self._whose(scope))
            for plan in plans
            if isinstance(plan, TransactionPlan)
        ]
        outcomes: list[list[Written | None] | Failure] = self._store.commit_each(scope, units)
        told = iter(outcomes)
        done = [_only(next(told)) if isinstance(plan, TransactionPlan) else plan for plan in plans]
        return [
            self._again(scope, entry) if isinstance(each, Overtaken) else noted(scope, each)
            for entry, each in zip(entries, done, strict=True)
        ]

    def _again(self, scope: AccessScope, entry: BundleEntry) -> Written | Failure | None:
        """Write an entry of a batch whose patch was overtaken; a failure is an outcome."""
        try:
            return self.write_together(scope, [entry])[0]
        except (HilumError, ProfileError) as error:
            return error

    def _plan(
        self, scope: AccessScope, entries: Sequence[BundleEntry], readings: Sequence[BundleReading] = ()
    ) -> TransactionPlan:
        for entry in entries:
            with placed(entry.index):
                scope.require_writing(entry.target.resource_type)
                if entry.received is not None:
                    self._terms.require_met(scope, entry.received.document)
        site, context = self._terms.at(scope), self._contexts.of(scope)
        ready = [self._patched(scope, entry, context) if entry.patch else entry for entry in entries]
        return plan_of(ready, site.new_id, context, site, readings)

    def _patched(self, scope: AccessScope, entry: BundleEntry, context: SearchContext) -> BundleEntry:
        """An entry with what its patch makes of the version that is stored."""
        kind, resource_id = entry.target.resource_type, entry.target.resource_id
        with placed(entry.index):
            if entry.patch is None or not (resource_id or entry.target.criteria):
                return entry
            if resource_id is None:
                require_resolved(kind, entry.target.criteria)
                resource_id = self._patching.matched(scope, criteria_of(kind, entry.target.criteria, context))
            demanded = preconditions(entry.headers)
            made = self._patching.patched(scope, kind, resource_id, entry.patch, demanded)
        return replace(entry, received=made.received, base=made.base)

    def _plan_or_failure(self, scope: AccessScope, entry: BundleEntry) -> TransactionPlan | Failure:
        try:
            return self._plan(scope, [entry])
        except (HilumError, ProfileError) as error:
            return error

    def _whose(self, scope: AccessScope) -> dict[str, Any]:
        return {"scope": scope, "site": self._terms.at(scope)}


def _bound(plans: Sequence[TransactionPlan | Failure]) -> None:
    searches = sum(each.searches for each in plans if isinstance(each, TransactionPlan))
    if searches > MOST_ALONE:
        raise TooLarge(
            f"{searches} conditions that take a search in a batch, at most {MOST_ALONE}:"
            " a transaction may have more",
            location="Bundle.entry",
            code="too-costly",
        )


def _only(told: list[Written | None] | Failure) -> Written | Failure | None:
    """What became of the one entry of its unit."""
    return told[0] if isinstance(told, list) else told
