"""A chart as lines and marks: the timeline of a window of time, values as sparklines, drugs as bars.

Numbers of a drawing are in its own units, `WIDTH` wide, so that a page is drawn without script and printed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.records.glance.chart import ChartItem, PatientChart
from app.records.glance.timeline import LANES, in_order, lane_of
from fhir_profiles.dates import LATEST, interval

WIDTH, LANE, TOP = 1_000.0, 26.0, 22.0
MOST_DRAWN = 400  # marks that are drawn one by one; more are drawn as what they are together
BINS = 100
_LEAST, _HEIGHT = 5.0, 18.0  # the width of a mark that can be hit, and how high marks are
_ROOM = 30.0  # what the words of a tick take
_DAY = 86_400_000_000
_SHORTEST = 7 * _DAY
_TICKS = (1, 2, 5, 10, 20, 50)
_MOST_TICKS = 12
_MONTHS = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A stretch of time that is drawn: [since, until) in µs since the epoch."""

    since: int
    until: int

    def place(self, at: int) -> float:
        """Where a moment is, between 0 and `WIDTH`."""
        share = (min(max(at, self.since), self.until) - self.since) / (self.until - self.since)
        return round(share * WIDTH, 1)

    def moved(self, by: float, wider: float = 1.0) -> "TimeWindow":
        """The window moved by a share of itself, and so many times as wide."""
        length = self.until - self.since
        middle = (self.since + self.until) / 2 + by * length
        half = max(length * wider, _SHORTEST) / 2
        return TimeWindow(int(middle - half), int(middle + half))

    @property
    def asked(self) -> dict[str, str]:
        """How a page is asked for it."""
        return {"from": day_text(self.since), "to": day_text(self.until - 1)}


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """One mark, or several that stand for a stretch of time: `count` of them, to be looked at closer."""

    x: float
    width: float
    height: float
    count: int
    item: ChartItem | None
    window: TimeWindow | None


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane with its marks, and where it is."""

    name: str
    y: float
    marks: tuple[DrawnMark, ...]


@dataclass(frozen=True, slots=True)
class DrawnTimeline:
    """A window of a timeline; `ticks` are places and what is written there."""

    window: TimeWindow
    whole: TimeWindow
    lanes: tuple[DrawnLane, ...]
    ticks: tuple[tuple[float, str], ...]
    height: float
    count: int
    single: bool


def day_text(at: int) -> str:
    """The day of a moment, in UTC; the first or last one there is for what lies beyond."""
    try:
        return (_EPOCH + timedelta(microseconds=at)).date().isoformat()
    except OverflowError:
        return (date.max if at > 0 else date.min).isoformat()


def whole_window(chart: PatientChart) -> TimeWindow:
    """From the first mark of a chart to its day, with some room."""
    now = (
        int((datetime(*chart.as_of.timetuple()[:3], tzinfo=UTC) - _EPOCH).total_seconds()) * 1_000_000 + _DAY
    )
    every = [each.lasting.at for each in chart.items if each.lasting]
    since, until = min([*every, now]), max([*every, now]) + 1
    room = max((until - since) // 50, _DAY)
    return TimeWindow(since - room, max(until + room, since + _SHORTEST))


def asked_window(chart: PatientChart, since: str | None, until: str | None) -> TimeWindow:
    """The window from the one day to the other; the whole one where they name none."""
    whole = whole_window(chart)
    low = interval(since, chart.zone) if since else None
    high = interval(until, chart.zone) if until else None
    start, end = low[0] if low else whole.since, high[1] if high else whole.until
    return TimeWindow(start, end) if end - start >= _DAY else whole


def drawn(chart: PatientChart, window: TimeWindow) -> DrawnTimeline:
    """What is drawn of a chart within a window of time."""
    shown: dict[str, list[ChartItem]] = {}
    for each in chart.items:
        if _is_within(each, window):
            shown.setdefault(lane_of(each.kind), []).append(each)
    count = sum(map(len, shown.values()))
    single, lanes = count <= MOST_DRAWN, list[DrawnLane]()
    for name in (each for each in LANES if each in shown):
        marks = _each(in_order(shown[name]), window) if single else _together(shown[name], window)
        lanes.append(DrawnLane(name, TOP + LANE * len(lanes), tuple(marks)))
    height = TOP + LANE * max(len(lanes), 1)
    ticks = tuple(each for each in _ticks(window) if each[0] <= WIDTH - _ROOM)
    return DrawnTimeline(window, whole_window(chart), tuple(lanes), ticks, height, count, single)


def _is_within(item: ChartItem, window: TimeWindow) -> bool:
    lasting = item.lasting
    return lasting is not None and lasting.at < window.until and lasting.until > window.since


def _each(items: Sequence[ChartItem], window: TimeWindow) -> Iterator[DrawnMark]:
    for each in items:
        if each.lasting is None:
            continue
        start = window.place(each.lasting.at)
        end = window.place(each.lasting.until) if each.lasting.end or each.lasting.until == LATEST else start
        width = max(end - start, _LEAST)
        yield DrawnMark(min(start, WIDTH - _LEAST), width, _HEIGHT, 1, each, None)


def _together(items: Sequence[ChartItem], window: TimeWindow) -> Iterator[DrawnMark]:
    """The marks of a lane as so many as fit, each for those that begin in its stretch of time."""
    length = (window.until - window.since) / BINS
    counts: dict[int, int] = {}
    for each in items:
        place = int((max(each.at, window.since) - window.since) / length)
        counts[min(place, BINS - 1)] = counts.get(min(place, BINS - 1), 0) + 1
    most = max(counts.values())
    for place, count in sorted(counts.items()):
        since = int(window.since + place * length)
        inside = TimeWindow(since, max(int(since + length), since + _SHORTEST))
        height = round(_LEAST + (_HEIGHT - _LEAST) * count / most, 1)
        yield DrawnMark(round(place * WIDTH / BINS, 1), WIDTH / BINS - 1, height, count, None, inside)


def _ticks(window: TimeWindow) -> Iterator[tuple[float, str]]:
    """Years, or months of a short window."""
    first, last = (date.fromisoformat(day_text(each)) for each in (window.since, window.until))
    years = last.year - first.year
    if years >= 2:  # noqa: PLR2004 - months are too many then
        step = next((each for each in _TICKS if years / each <= _MOST_TICKS), _TICKS[-1])
        days = (date(year, 1, 1) for year in range(first.year + 1, last.year + 1) if year % step == 0)
        yield from ((window.place(_at(day)), str(day.year)) for day in days)
        return
    months = range(first.year * _MONTHS + first.month, last.year * _MONTHS + last.month)
    step = next(each for each in _TICKS if len(months) / each <= _MOST_TICKS)
    for month in months[::step]:
        day = date(month // _MONTHS, month % _MONTHS + 1, 1)
        yield window.place(_at(day)), day.isoformat()[:7]


def _at(day: date) -> int:
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) - _EPOCH).total_seconds()) * 1_000_000


SPARK_WIDTH, SPARK_HEIGHT, _EDGE = 120.0, 28.0, 3.0


def sparkline(points: Sequence[Sequence[Any]]) -> str:
    """The points of a line through values over time, as SVG writes them; a dot's where there is one."""
    dated = [(found[0], float(value)) for day, value, _ in points if day and (found := interval(day))]
    if not dated:
        return ""
    (first, _), (last, _) = dated[0], dated[-1]
    low, high = min(value for _, value in dated), max(value for _, value in dated)
    return " ".join(
        f"{_scaled(at, first, last, SPARK_WIDTH):.1f},"
        f"{SPARK_HEIGHT - _scaled(value, low, high, SPARK_HEIGHT):.1f}"
        for at, value in dated
    )


def _scaled(value: float, low: float, high: float, size: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return _EDGE + share * (size - 2 * _EDGE)


def bars(drug: Iterable[dict[str, Any]], window: TimeWindow) -> list[tuple[float, float]]:
    """Where the bars of a drug are, and how wide they are."""
    found = list[tuple[float, float]]()
    for each in drug:
        start = interval(each["start"]) if each["start"] else None
        end = interval(each["end"]) if each["end"] else None
        if start or end:
            x = window.place(start[0]) if start else 0.0
            until = window.place(end[1]) if end else WIDTH
            found.append((min(x, WIDTH - _LEAST), max(until - x, _LEAST)))
    return found
