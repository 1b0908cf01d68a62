"""What the dimensions of a table read: of patients their sex and age, of rows their days and their codes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from math import isfinite

from app.cohorts.evaluation.charts import Charts
from app.cohorts.evaluation.evaluation import Evaluation
from app.cohorts.evaluation.event_rows import countable
from app.cohorts.evaluation.two_values import Codings
from app.cohorts.language.question import Dimension, Event
from app.cohorts.language.shaping import AGES, BODY_SITE, CODE, MODALITY, MONTH, SEX, YEAR, source_of
from app.cohorts.language.vocabulary import PATIENT, patient_paths
from fhir_profiles.definitions.registry import reference_paths, search_parameter
from fhir_profiles.index.kept import within
from graph.query.expression import Against, All, Along, Expression, Field, Kind
from graph.resources.row_values import CodeValue, RowValues, SpanOfRow
from graph.resources.sieve import Serials

UNSAID = "unknown"  # the value where none is said, or only one that may be several
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SEXES = frozenset({"male", "female", "other"})
_OLDEST = 150


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Reads dimensions under one caller's rights, on the day and in the zone of one question."""

    charts: Charts
    evaluation: Evaluation
    values: RowValues

    def of_patients(self, dimension: Dimension, patients: Serials) -> dict[int, set[str]]:
        """What a dimension says of patients; nothing of those of whom it is not said."""
        return _gathered(_OF_PATIENTS[dimension.by](self, dimension, patients))

    def owners(self, dimension: Dimension, patients: Serials) -> Iterator[tuple[int, int]]:
        """Each row of a dimension with each of the patients whose it is."""
        resource = str(dimension.resource)
        if dimension.event is None:
            link = Against(resource, patient_paths(resource))
            found = self.values.owners(PATIENT, link, patients)
            counted = self.charts.serials(resource, All(tuple(countable(resource))), _rows(found))
            yield from ((row, patient) for patient, row in found if row in counted)
            return
        rows = self.charts.serials(resource, self._certain(dimension.event))
        link_of_rows = Along(patient_paths(resource), (PATIENT,))
        for row, patient in self.values.owners(resource, link_of_rows, rows):
            if patient in patients:
                yield row, patient

    def of_rows(self, dimension: Dimension, rows: Serials) -> dict[int, set[str]]:
        """What a dimension says of rows; nothing of those of which it is not said."""
        return _gathered(_OF_ROWS[dimension.by](self, dimension, rows))

    def _certain(self, event: Event) -> Expression:
        return self.evaluation.certain_rows(event)

    @property
    def _zone(self) -> tzinfo:
        return self.evaluation.rows.zone

    def _sexes(self, _: Dimension, patients: Serials) -> Iterator[tuple[int, str]]:
        for found in self.values.codes(PATIENT, Field(PATIENT, "gender", Kind.TERM), patients):
            if found.code in _SEXES:
                yield found.serial, found.code

    def _ages(self, dimension: Dimension, patients: Serials) -> Iterator[tuple[int, str]]:
        """The group of the completed years on the day of the question, where it is one only."""
        for born in self.values.spans(PATIENT, Field(PATIENT, "birthdate", Kind.SPAN), patients):
            days = self._days(born)
            if days is None:
                continue
            youngest, oldest = (_years(each, self.evaluation.compiler.as_of) for each in reversed(days))
            group = youngest // dimension.width
            if youngest >= 0 and oldest // dimension.width == group and oldest <= _OLDEST:
                yield born.serial, _group(group * dimension.width, dimension.width)

    def _dates(self, dimension: Dimension, rows: Serials) -> Iterator[tuple[int, str]]:
        """The year, or year and month, of the first date that is present, where it is one only."""
        resource, form = str(dimension.resource), _FORMS[dimension.by]
        sources = source_of(resource, dimension.event).dates
        undated = rows
        for name in dimension.event.dates if dimension.event else sources:
            spans = list(self.values.spans(resource, Field(resource, sources[name], Kind.SPAN), undated))
            for span in spans:
                days = self._days(span)
                if days and days[0].strftime(form) == days[1].strftime(form):
                    yield span.serial, days[0].strftime(form)
            undated -= {span.serial for span in spans}

    def _days(self, span: SpanOfRow) -> tuple[date, date] | None:
        """The first and the last day of an interval; None where it has no end, or none that is known."""
        if not (isfinite(span.low) and isfinite(span.high)):
            return None
        try:
            first = _EPOCH + timedelta(microseconds=span.low)
            last = _EPOCH + timedelta(microseconds=max(span.low, span.high - 1))
            return first.astimezone(self._zone).date(), last.astimezone(self._zone).date()
        except OverflowError:
            return None

    def _codes(self, dimension: Dimension, rows: Serials) -> Iterator[tuple[int, str]]:
        """The codes of rows, those that were asked for where some were; of a drug those of its Medication."""
        asked = self._asked(dimension.event)
        for found in self._coded(dimension, rows):
            if asked is None or {(found.system, found.code), (None, found.code)} & asked:
                yield found.serial, f"{found.system}|{found.code}"

    def _asked(self, event: Event | None) -> Codings | None:
        return (
            self.evaluation.rows.codings[event.path, "codes"] if event and "codes" in event.concepts else None
        )

    def _coded(self, dimension: Dimension, rows: Serials) -> Iterator[CodeValue]:
        resource = str(dimension.resource)
        source = source_of(resource, dimension.event)
        yield from self.values.codes(resource, Field(resource, source.concepts["codes"], Kind.TERM), rows)
        parameter = source.through and search_parameter(resource, source.through)
        if not (source.through and parameter):
            return
        (target,) = parameter.targets
        inside = Field(resource, within(source.through, target, "code"), Kind.TERM)
        yield from self.values.codes(resource, inside, rows)
        link = Along(reference_paths(resource, source.through), (target,))
        referring: dict[int, list[int]] = {}
        for row, referred in self.values.owners(resource, link, rows):
            referring.setdefault(referred, []).append(row)
        field = Field(target, "code", Kind.TERM)
        for found in self.values.codes(target, field, frozenset(referring)):
            yield from (found._replace(serial=row) for row in referring[found.serial])

    def _modalities(self, dimension: Dimension, rows: Serials) -> Iterator[tuple[int, str]]:
        for found in self._of_parameter(dimension, rows):
            yield found.serial, found.code

    def _sites(self, dimension: Dimension, rows: Serials) -> Iterator[tuple[int, str]]:
        for found in self._of_parameter(dimension, rows):
            yield found.serial, f"{found.system}|{found.code}"

    def _of_parameter(self, dimension: Dimension, rows: Serials) -> Iterator[CodeValue]:
        resource = str(dimension.resource)
        source = source_of(resource, dimension.event)
        parameter = (source.tokens.get(dimension.by) or source.concepts.get(dimension.by)) or dimension.by
        return self.values.codes(resource, Field(resource, parameter, Kind.TERM), rows)


_FORMS: Mapping[str, str] = {YEAR: "%Y", MONTH: "%Y-%m"}
_Reading = Callable[[Dimensions, Dimension, Serials], Iterator[tuple[int, str]]]
_OF_PATIENTS: Mapping[str, _Reading] = {SEX: Dimensions._sexes, AGES: Dimensions._ages}
_OF_ROWS: Mapping[str, _Reading] = {
    YEAR: Dimensions._dates,
    MONTH: Dimensions._dates,
    CODE: Dimensions._codes,
    MODALITY: Dimensions._modalities,
    BODY_SITE: Dimensions._sites,
}


def _gathered(said: Iterator[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for serial, value in said:
        found.setdefault(serial, set()).add(value)
    return found


def _rows(found: list[tuple[int, int]]) -> Serials:
    return frozenset(row for _, row in found)


def _years(born: date, day: date) -> int:
    """The completed years since birth; fewer than none before it."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _group(first: int, width: int) -> str:
    """How a group of ages is called: three digits sort as numbers do."""
    return f"{first}" if width == 1 else f"{first}-{first + width - 1}"
