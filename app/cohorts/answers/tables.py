"""The rows and links of the patients who match."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.cohorts.answers.disclosure import Disclosure
from app.cohorts.evaluation.charts import Charts, Document
from app.cohorts.evaluation.evaluation import Evaluation
from app.cohorts.evaluation.event_rows import countable, of_patients
from app.cohorts.evaluation.linking import Linker, Pair
from app.cohorts.language.columns import legible, study_uid
from app.cohorts.language.question import CohortQuestion, Event, Links, Rows
from app.cohorts.language.vocabulary import KINDS, PATIENT, STUDY
from fhir_profiles.definitions.registry import reference_paths
from graph.query.expression import All, KeyIn


@dataclass(slots=True)
class Table:
    """The rows of one name: their patients by key, in order, and their documents."""

    owners: dict[str, str] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)


class Tables:
    """Fills the tables of one question for some patients (keys, in the order of the answer).

    `studies` are the keys of the imaging studies that were shown so far.
    """

    def __init__(
        self, question: CohortQuestion, charts: Charts, evaluation: Evaluation, patients: Sequence[str]
    ) -> None:
        self.studies: set[str] = set()
        self._question = question
        self._charts = charts
        self._evaluation = evaluation
        self._patients = {key: place for place, key in enumerate(patients)}
        self._linkers: dict[str, Linker] = {}
        self._tables: dict[str, Table] = {}
        for asked in sorted(question.rows, key=lambda each: each.linked_to is not None):
            self._tables[asked.name] = self._linked(asked) if asked.linked_to else self._own(asked)

    def rows(self, shown: Disclosure) -> dict[str, list[dict[str, Any]]]:
        """The rows under their names."""
        return {
            asked.name: self._shown(asked, self._tables[asked.name], shown) for asked in self._question.rows
        }

    @property
    def asks_for_pictures(self) -> bool:
        """Whether imaging studies are among the rows."""
        return any(asked.resource == STUDY for asked in self._question.rows)

    def owners(self) -> dict[str, str]:
        """The key of the patient of each row, by the key of the row."""
        return {key: owner for table in self._tables.values() for key, owner in table.owners.items()}

    def pictures(self) -> dict[str, tuple[str, str]]:
        """The Study Instance UID and the patient of each imaging study, by its key.

        Those of the rows; where no rows are of imaging studies, all of the patients.
        """
        asked = [self._tables[each.name] for each in self._question.rows if each.resource == STUDY]
        tables = asked if self.asks_for_pictures else [self._table(self._owners(STUDY, None))]
        return {
            key: (uid, owner)
            for table in tables
            for key, owner in table.owners.items()
            if (uid := study_uid(table.documents.get(key, {})))
        }

    def links(self, shown: Disclosure) -> list[dict[str, str]]:
        """The pairs asked for, each with the first of its ways that holds."""
        linked = [
            (pair, via)
            for asked in self._question.links
            for pair in self._pairs(asked)
            if (via := next((way for way in asked.ways if way in pair.ways), None))
        ]
        self.studies.update(pair.study for pair, _ in linked)
        return [
            {"from": shown.reference(pair.source), "to": shown.reference(pair.study), "via": via}
            for pair, via in linked
        ]

    def _shown(self, asked: Rows, table: Table, shown: Disclosure) -> list[dict[str, Any]]:
        drugs = self._drugs(asked.resource, table)
        if asked.resource == STUDY:
            self.studies.update(table.documents)
        return [
            {
                "patient": shown.reference(patient),
                "reference": shown.reference(key),
                **shown.columns(asked, legible(table.documents[key], drugs.get(key))),
            }
            for key, patient in table.owners.items()
            if key in table.documents
        ]

    def _own(self, asked: Rows) -> Table:
        """The rows of the patients, of an event where one is named."""
        return self._table(self._owners(asked.resource, asked.event))

    def _owners(self, resource: str, event: Event | None) -> dict[str, str]:
        """The patient of each row, of an event where one is named, by the key of the row."""
        if resource == PATIENT:
            return {key: key for key in self._patients}
        if not self._patients:
            return {}
        what = [self._evaluation.certain_rows(event)] if event else countable(resource)
        where = All((of_patients(resource, self._asked), *what))
        return self._charts.owned(resource, where, self._patients)

    def _linked(self, asked: Rows) -> Table:
        """The rows that belong to the studies of another name."""
        linker = self._linker(str(asked.linked_to))
        keys = linker.candidates(asked.resource)
        pairs = linker.pairs(asked.resource, self._charts.documents(keys))
        kept = [pair for pair in pairs if pair.ways & set(asked.ways)]
        studies = {each.key: each.patient for each in linker.studies}
        return self._table({pair.source: studies[pair.study] for pair in kept})

    def _table(self, owners: Mapping[str, str]) -> Table:
        """The table of rows of which the patients are known, by the place of these in the answer."""
        ordered = sorted(owners, key=lambda key: self._patients[owners[key]])
        return Table({key: owners[key] for key in ordered}, self._charts.documents(ordered))

    def _linker(self, name: str) -> Linker:
        """The linker of the studies that a name of rows, or else of an event, stands for."""
        if name not in self._linkers:
            if name in self._tables:
                owners = self._tables[name].owners
            else:
                owners = self._owners(STUDY, self._question.events[name])
            self._linkers[name] = Linker.of(self._charts, owners)
        return self._linkers[name]

    def _pairs(self, asked: Links) -> list[Pair]:
        resource = next(each.resource for each in self._question.rows if each.name == asked.source)
        return self._linker(asked.target).pairs(resource, self._tables[asked.source].documents)

    @property
    def _asked(self) -> KeyIn:
        return KeyIn(PATIENT, tuple(self._patients))

    def _drugs(self, resource: str, table: Table) -> dict[str, Any]:
        """The medications that rows refer to, as CodeableConcepts: contained ones, or resources."""
        source = KINDS["medication"].get(resource)
        if source is None or source.through is None:
            return {}
        contained = {key: _contained(each) for key, each in table.documents.items()}
        edges = self._charts.edges(table.documents, reference_paths(resource, source.through), "Medication")
        codes = {
            key: each.get("code")
            for key, each in self._charts.documents([edge.target for edge in edges]).items()
        }
        return contained | {edge.source: codes.get(edge.target) for edge in edges}


def _contained(document: Document) -> Any:
    text = document.get("medicationReference", {}).get("reference", "")
    inside = (each for each in document.get("contained", ()) if f"#{each.get('id')}" == text)
    return next((each.get("code") for each in inside), None)
