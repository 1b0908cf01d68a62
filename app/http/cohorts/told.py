"""Saved cohorts as JSON."""

from typing import Any

from graph.clock import instant
from graph.cohorts.records import CohortRefresh, CohortVersion, SavedCohort
from graph.scope import AccessScope


def cohort_told(scope: AccessScope, cohort: SavedCohort) -> dict[str, Any]:
    """A saved cohort; its owner is told with whom it is shared."""
    own = cohort.owner == scope.subject
    shared = {"users": list(cohort.terms.users), "roles": list(cohort.terms.roles)}
    return {
        "id": cohort.id,
        "name": cohort.terms.name,
        "description": cohort.terms.description,
        "owner": cohort.owner,
        "own": own,
        **({"sharedWith": shared} if own else {}),
        "version": cohort.version,
        "createdAt": instant(cohort.created_at),
        "changedAt": instant(cohort.changed_at),
    }


def version_told(version: CohortVersion) -> dict[str, Any]:
    """One version of a question."""
    return {
        "version": version.number,
        "hash": version.question.hash,
        "at": instant(version.at),
        "by": version.by,
        "question": version.question.raw,
    }


def refresh_told(refresh: CohortRefresh) -> dict[str, Any]:
    """What somebody was told when they had a question answered."""
    return {
        "refresh": refresh.number,
        "version": refresh.version,
        "cohort": refresh.cohort,
        "asOf": refresh.as_of,
        "at": instant(refresh.at),
        "counts": {"matched": refresh.matched, "unknown": refresh.unknown},
    }
