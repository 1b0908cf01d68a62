"""What the page of cohorts calls."""

from dataclasses import dataclass

from app.cohorts.answers.answering import Cohorts
from app.cohorts.plain_words.asking import PlainWords
from app.records.people import PatientFinder
from app.site import Sites


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPageUses:
    """The use cases of this window; `proposer` is the model outside that may propose readings, if any."""

    cohorts: Cohorts
    plain_words: PlainWords
    people: PatientFinder
    sites: Sites
    proposer: str | None
