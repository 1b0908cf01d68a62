"""A page of a cohort for a use case that goes through all of it: what the caller is told, and of whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.cohorts.answers.listing import Keyset


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCohort:
    """Who matches on a page, in the order of the answer.

    `patients` are keys; `rows` and `links` are as an answer shows them, `resources` the types of the rows by
    name, and `keys` the key of each reference in them. `studies` are the Study Instance UIDs of the pictures
    that are asked for, each with the key of its patient: the imaging studies among the rows, or where none
    are asked for, all that these patients have. `after` is where the next page begins, None on the last.
    """

    patients: Sequence[str]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    resources: Mapping[str, str]
    links: Sequence[Mapping[str, str]]
    keys: Mapping[str, str]
    studies: Mapping[str, str]
    after: Keyset | None
    cohort: str
    as_of: date
