"""The parts of a process by which cohorts are asked, kept and answered, each made when it is asked for."""

from collections.abc import Callable
from functools import cached_property
from threading import Thread

from app.cohorts.answers.answering import Cohorts
from app.cohorts.answers.preparing import ask_ahead
from app.cohorts.plain_words.asking import PlainWords, RecordVocabularies
from app.cohorts.plain_words.linking.holding import ELEMENTS
from app.cohorts.plain_words.proposing.service import OutsideWords
from app.cohorts.saved.saved_cohorts import SavedCohorts
from app.config import Config
from app.paging import PageTokens
from app.security.policy import LEAST_CELL
from app.security.scopes import usual_scope
from app.site import Sites
from graph.clock import now
from graph.cohorts.saved import SavedCohortStore
from graph.columns.columns import Columns
from graph.resources.references import ReferenceStore
from graph.resources.resources import ResourceStore
from graph.session import Graph
from graph.tellings.tellings import TellingStore
from graph.terminology.concepts import ConceptStore
from graph.vocabulary.carried import CarriedCodeStore
from graph.vocabulary.tenant_words import TenantWords


class CohortWiring:
    """The cohorts of one process on a graph; `pseudonym_key` makes the secret when it is first needed."""

    def __init__(
        self,
        graph: Graph,
        resources: ResourceStore,
        concepts: ConceptStore,
        sites: Sites,
        *,
        tokens: PageTokens,
        pseudonym_key: Callable[[], bytes],
        outside: OutsideWords | None,
    ) -> None:
        self._graph = graph
        self._resources = resources
        self._concepts = concepts
        self._sites = sites
        self._tokens = tokens
        self._pseudonym_key = pseudonym_key
        self._outside = outside

    @cached_property
    def columns(self) -> Columns:
        """What questions look at in the memory of a process."""
        return Columns(self._graph)

    @cached_property
    def cohorts(self) -> Cohorts:
        """Answers questions."""
        return Cohorts(
            self._resources,
            ReferenceStore(self._graph),
            self._concepts,
            TellingStore(self._graph),
            self.columns,
            tokens=self._tokens,
            pseudonym_key=self._pseudonym_key(),
            sites=self._sites,
        )

    @cached_property
    def saved(self) -> SavedCohorts:
        """Keeps questions."""
        return SavedCohorts(SavedCohortStore(self._graph), self.cohorts)

    @cached_property
    def words(self) -> TenantWords:
        """The words of the records that a process holds."""
        return TenantWords(self._graph, (each for some in ELEMENTS.values() for each in some))

    @cached_property
    def plain_words(self) -> PlainWords:
        """Reads questions in plain words."""
        vocabularies = RecordVocabularies(
            CarriedCodeStore(self._graph, self.words), CarriedCodeStore(self._graph, self.words, LEAST_CELL)
        )
        return PlainWords(self._sites, vocabularies, self._concepts, self._outside)

    def make_ready(self) -> None:
        """Make ready what the first questions would wait for, behind everybody's back.

        The words of the records of this process's own tenant are gathered and kept from then on.
        """
        self.words.keep(self._sites.own.tenant)
        Thread(target=self._prepare, name="cohorts", daemon=True).start()

    def _prepare(self) -> None:
        self.plain_words.prepare()
        ask_ahead(self.cohorts, self.columns, usual_scope(self._sites.own.tenant), now())

    def close(self) -> None:
        """Keep no words any longer."""
        if "words" in vars(self):
            self.words.close()


def outside_words(config: Config) -> OutsideWords | None:
    """The service outside that the settings name; None where they name none."""
    if config.ask_url is None:
        return None
    return OutsideWords(config.ask_url, config.ask_model, config.ask_key_file, float(config.ask_seconds))
