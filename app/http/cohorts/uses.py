"""The use cases that the window of cohorts calls."""

from dataclasses import dataclass

from app.cohorts.answers.answering import Cohorts
from app.cohorts.plain_words.asking import PlainWords
from app.cohorts.saved.saved_cohorts import SavedCohorts
from app.http.cohorts.answered import CohortAnswers
from app.paging import PageTokens


@dataclass(frozen=True, slots=True)
class CohortUses:
    """What the routes call; `base_url` is where the gateway is."""

    cohorts: Cohorts
    answers: CohortAnswers
    plain_words: PlainWords
    saved: SavedCohorts
    tokens: PageTokens
    base_url: str
