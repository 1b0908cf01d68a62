"""What else is in a chart: a few records of whatever kind, as anybody who comes to a hospital has."""

from datetime import date, timedelta

from tests.factories.wards.charts import Chart, Series
from tests.factories.wards.pictures import MAKERS, MODALITIES, REGIONS
from tests.factories.wards.spoken import say
from tests.factories.wards.terms import named, results

_WORDS = ("nodule", "effusion", "fracture", "mass", "결절", "흉수", "골절", "종괴")
_YEARS = 6


def noise(chart: Chart, as_of: date, records: int = 3) -> None:
    """Add some records, of days in the last years."""
    for _ in range(records):
        chart.random.choice((_diagnosis, _drug, _laboratory, _visit))(chart, as_of)
    if chart.random.random() < 0.2:
        _examination(chart, as_of)


def _day(chart: Chart, as_of: date) -> date:
    return as_of - timedelta(days=chart.random.randint(0, _YEARS * 365))


def _diagnosis(chart: Chart, as_of: date) -> None:
    status = chart.random.choice(("confirmed", "confirmed", "provisional", "refuted"))
    chart.diagnosed(chart.random.choice(named("condition", None)), _day(chart, as_of), status)


def _drug(chart: Chart, as_of: date) -> None:
    status = chart.random.choice(("active", "completed", "stopped"))
    chart.prescribed(chart.random.choice(named("medication", None)), _day(chart, as_of), status=status)


def _laboratory(chart: Chart, as_of: date) -> None:
    way = chart.random.choice(results())
    number = way.written(way.usual * chart.random.uniform(0.8, 1.3))
    chart.measured(way, round(number, 3), _day(chart, as_of))


def _visit(chart: Chart, as_of: date) -> None:
    chart.visited(chart.random.choice(("AMB", "AMB", "EMER", "IMP")), _day(chart, as_of))


def _examination(chart: Chart, as_of: date) -> None:
    day = _day(chart, as_of)
    series = Series(
        region=chart.random.choice(REGIONS),
        thickness=chart.random.choice((0.6, 1.0, 1.25, 3.0, 5.0)),
        contrast=chart.random.choice((True, False, None)),
        maker=chart.random.choice(MAKERS),
    )
    scan = chart.scanned(chart.random.choice(MODALITIES), day, series)
    word = chart.random.choice(_WORDS)
    told = say(word, chart.random.choice(("affirmed", "negated", "uncertain")))
    chart.reported(told, told, day, scan)
    if chart.random.random() < 0.5:
        chart.documented(chart.random.choice(named("document", None)), day, scan)
