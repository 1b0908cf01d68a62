"""What is kept of a saved cohort: what it is called and whose it is, its versions, and its refreshes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from graph.packing import packed, unpacked


@dataclass(frozen=True, slots=True)
class CohortTerms:
    """What a saved cohort is called, and with which users and roles of the tenant it is shared, by name."""

    name: str
    description: str = ""
    users: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedCohort:
    """A saved cohort as it is: `edition` counts every change of it, `version` those of its question.

    Moments are in µs since the epoch.
    """

    id: str
    owner: str
    terms: CohortTerms
    edition: int
    version: int
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as JSON, and the hash of its normal form."""

    raw: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class CohortVersion:
    """One version of the question, who wrote it, and when (µs)."""

    number: int
    question: AskedQuestion
    at: int
    by: str


@dataclass(frozen=True, slots=True)
class CohortRefresh:
    """What one person was told when they had the question of a version answered, on a day (ISO 8601).

    `matched` and `unknown` are None where that was withheld; `guarded`: they saw pseudonyms; `at` in µs.
    """

    number: int
    version: int
    cohort: str
    as_of: str
    at: int
    matched: int | None
    unknown: int | None
    guarded: bool = False


def cohort_properties(cohort: SavedCohort) -> dict[str, Any]:
    """A saved cohort as a node has it, without its key and tenant."""
    return {
        "id": cohort.id,
        "owner": cohort.owner,
        "name": cohort.terms.name,
        "description": cohort.terms.description,
        "users": list(cohort.terms.users),
        "roles": list(cohort.terms.roles),
        "edition": cohort.edition,
        "version": cohort.version,
        "createdAt": cohort.created_at,
        "changedAt": cohort.changed_at,
    }


def cohort_of_node(node: Mapping[str, Any]) -> SavedCohort:
    """The saved cohort that a node is."""
    terms = CohortTerms(node["name"], node["description"], tuple(node["users"]), tuple(node["roles"]))
    return SavedCohort(
        node["id"],
        node["owner"],
        terms,
        node["edition"],
        node["version"],
        node["createdAt"],
        node["changedAt"],
    )


def version_properties(version: CohortVersion) -> dict[str, Any]:
    """A version as a node has it, without its key."""
    return {
        "number": version.number,
        "hash": version.question.hash,
        "question": packed(orjson.dumps(dict(version.question.raw))),
        "at": version.at,
        "by": version.by,
    }


def version_of_node(node: Mapping[str, Any]) -> CohortVersion:
    """The version that a node is."""
    question = AskedQuestion(orjson.loads(unpacked(bytes(node["question"]))), node["hash"])
    return CohortVersion(node["number"], question, node["at"], node["by"])


def refresh_properties(refresh: CohortRefresh) -> dict[str, Any]:
    """A refresh as a node has it, without its key and whom it found; what was withheld is not there."""
    found = {
        "number": refresh.number,
        "version": refresh.version,
        "cohort": refresh.cohort,
        "asOf": refresh.as_of,
        "at": refresh.at,
        "matched": refresh.matched,
        "unknown": refresh.unknown,
        "guarded": refresh.guarded,
    }
    return {name: value for name, value in found.items() if value is not None}


def refresh_of_node(node: Mapping[str, Any]) -> CohortRefresh:
    """The refresh that a node is."""
    return CohortRefresh(
        node["number"],
        node["version"],
        node["cohort"],
        node["asOf"],
        node["at"],
        node.get("matched"),
        node.get("unknown"),
        node["guarded"],
    )
