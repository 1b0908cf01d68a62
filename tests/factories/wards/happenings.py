"""Makes what a question asks of an event happen in a chart, or something that is nearly it.

A fault is the one thing that is wrong with it: another code, a day too early, a value just outside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.cohorts.language.calendar import Duration
from tests.factories.wards.charts import Chart
from tests.factories.wards.pictures import PICTURE_FAULTS, picture
from tests.factories.wards.spoken import SPOKEN_FAULTS, speak
from tests.factories.wards.terms import Term, look_alikes, measured, named
from tests.factories.wards.values import GRADES, failing, fitting
from tests.factories.wards.windows import Lasting, Window, anchors, window

Event = Mapping[str, Any]
NEVER: Mapping[str, Mapping[str, str]] = {
    "condition": {"verification": "refuted"},
    "medication": {"status": "entered-in-error"},
    "procedure": {"status": "not-done"},
    "allergy": {"verification": "refuted"},
    "immunization": {"status": "not-done"},
    "encounter": {"status": "planned"},
    "observation": {"status": "cancelled"},
}
"""What makes a record one that does not count, by kind."""
_CODED = frozenset(
    {"condition", "medication", "procedure", "allergy", "immunization", "device", "familyHistory"}
)
_CLASSES = ("AMB", "EMER", "IMP")
_DOSES = {"ctdivol": ("113830", "mGy"), "dlp": ("113813", "mGy.cm"), "dap": ("122130", "Gy.m2")}
_SMOKING = "72166-2"
_STAY = 5  # days


@dataclass
class Happening:
    """What happens in one chart; `edge` says which of the edges, units and codes are taken."""

    chart: Chart
    as_of: date
    events: Mapping[str, Event]
    edge: int = 0
    lasting: dict[str, Lasting] = field(default_factory=dict)

    def named(self, name: str, fault: str | None = None) -> Lasting:
        """Make an event of a name happen, unless it did."""
        if name not in self.lasting:
            self.lasting[name] = self.happen(self.events[name], fault)
        return self.lasting[name]

    def happen(self, event: Event, fault: str | None = None) -> Lasting:
        """Make an event happen, with a fault; the days of it, or those of the first of several."""
        for name in sorted(anchors(event.get("period", ())) & self.events.keys()):
            self.named(name)
        days = self._days(event, fault)
        wrong = "value" if fault == "picked" else fault
        for day in days:
            self._write(event, day, wrong)
        if "pick" in event and fault != "picked":
            self._decoys(event, days[0])
        elif fault == "picked":
            self._write(event, days[0] + timedelta(days=-9 if _from_last(event) else 9), None)
        return days[0], days[0] + timedelta(days=_STAY)

    def _days(self, event: Event, fault: str | None) -> list[date]:
        found = self._window(event)
        inside = found.inside(self.as_of) if found else (self._some_day(event),)
        day = inside[self.edge % len(inside)]
        if fault == "day" and found and (outside := found.outside()):
            return [outside[self.edge % len(outside)]]
        if fault == "picked" and found and "value" not in event:
            return [day, *(found.outside()[: 1 if not _from_last(event) else 2][-1:])]
        gap = event.get("gap", {}).get("min")
        apart = (self.as_of - Duration.parse(gap).before(self.as_of)).days if gap else 1
        if fault == "gap":
            apart = max(apart - 1, 0)
        back = not found or not found.first or day != found.first
        sign = -1 if back else 1
        return [day + timedelta(days=sign * apart * at) for at in range(_times(event, fault))]

    def _window(self, event: Event) -> Window | None:
        return window(event["period"], self.lasting, self.as_of) if "period" in event else None

    def _some_day(self, event: Event) -> date:
        """A day for what may be on any; the first of something is long ago, the last lately."""
        if event.get("pick") == "first":
            return self.as_of - timedelta(days=self.chart.random.randint(1_200, 1_500))
        if event.get("pick") == "last":
            return self.as_of - timedelta(days=self.chart.random.randint(1, 20))
        return self.as_of - timedelta(days=self.chart.random.randint(40, 900))

    def _decoys(self, event: Event, day: date) -> None:
        """Others than the one that is picked, which would not do."""
        pick = event["pick"] if isinstance(event["pick"], dict) else {"nth": 1, "from": event["pick"]}
        sign = -1 if pick.get("from") == "last" else 1
        for before in range(1, pick.get("nth", 1)):
            self._write(event, day - timedelta(days=sign * 10 * before), None)
        later = day + timedelta(days=sign * 200)
        self._write(event, min(later, self.as_of), "value" if "value" in event else None)

    def _write(self, event: Event, day: date, fault: str | None) -> None:
        kind = event["kind"]
        if kind == "imaging":
            picture(self.chart, event, day, self.edge, fault)
        elif kind == "report":
            speak(self.chart, event, day, self.edge, fault)
        elif kind == "observation":
            self._measure(event, day, fault)
        elif kind == "encounter":
            self._visit(event, day, fault)
        elif kind == "dose":
            code, unit = _DOSES[event["measure"]]
            asked = event["value"]["value"]
            self.chart.irradiated(code, asked - 1 if fault == "value" else asked + 1, unit, day)
        elif kind == "document":
            self.chart.documented(self._term("document", event, fault), day)
        else:
            self._record(kind, self._term(_kind_of_term(kind), event, fault), day, fault)

    def _record(self, kind: str, term: Term, day: date, fault: str | None) -> None:
        never: Mapping[str, Any] = NEVER.get(kind, {}) if fault == "never" else {}
        if kind == "device":
            self.chart.carries(term)
        elif kind == "familyHistory":
            self.chart.inherits(term)
        else:
            writers: Mapping[str, Callable[..., str]] = {
                "condition": self.chart.diagnosed,
                "medication": self.chart.prescribed,
                "procedure": self.chart.done,
                "allergy": self.chart.allergic,
                "immunization": self.chart.vaccinated,
            }
            writers[kind](term, day, **never)

    def _term(self, kind: str, event: Event, fault: str | None) -> Term:
        found = named(kind, event.get("codes"))
        if fault == "code":
            found = look_alikes(found)
        if not found:
            raise LookupError(f"no term for {event}")
        return found[self.chart.random.randrange(len(found))]

    def _measure(self, event: Event, day: date, fault: str | None) -> None:
        value = event.get("value", {"op": "ge", "value": 0})
        status = "cancelled" if fault == "never" else "final"
        if value["op"] == "in":
            kept = named("smoking", value["codes"])
            others = tuple(each for each in named("smoking", None) if each not in kept)
            chosen = others if fault == "value" else kept
            self.chart.answered(_SMOKING, chosen[self.edge % len(chosen)], day)
            return
        ways = measured(event.get("codes"))
        if value["op"] in GRADES:
            right, wrong = GRADES[value["op"]]
            way = ways[self.edge % len(ways)]
            usual = way.written(way.usual)
            far = {"H": 2.5, "A": 2.5, "L": 0.4}.get(right, 1.0)
            number = usual if fault == "value" else usual * far
            self.chart.measured(way, round(number, 4), day, wrong if fault == "value" else right, status)
            return
        if "value" not in event:
            self.chart.measured(ways[0], ways[0].usual, day, status=status)
            return
        written = (failing if fault == "value" else fitting)(value, ways, self.edge)
        self.chart.measured(written.result, written.number, day, status=status)

    def _visit(self, event: Event, day: date, fault: str | None) -> None:
        asked = event.get("class", ["IMP"])[0]
        others = [each for each in _CLASSES if each != asked]
        reason = named("condition", event["reason"]) if "reason" in event else ()
        type_ = named("encounter", event["codes"]) if "codes" in event else ()
        if fault == "code":
            reason, type_ = look_alikes(reason), look_alikes(type_)
        self.chart.visited(
            others[self.edge % 2] if fault == "class" else asked,
            day,
            days=_STAY,
            type_=type_[0] if type_ else None,
            reason=reason[self.edge % len(reason)] if reason else None,
            status="planned" if fault == "never" else "finished",
        )


def _kind_of_term(kind: str) -> str:
    return "condition" if kind == "familyHistory" else kind


def faults(event: Event) -> tuple[str, ...]:
    """What can be wrong with an event of this kind."""
    kind = event["kind"]
    found = ["never"] if kind in NEVER and "status" not in event else []
    if kind in _CODED and look_alikes(named(_kind_of_term(kind), event.get("codes"))):
        found.append("code")
    if kind == "encounter":
        found += (["class"] if "class" in event else []) + (["code"] if "codes" in event else [])
    found += [each for each in ("value", "gap") if each in event]
    if "period" in event and kind not in ("device", "familyHistory"):
        found.append("day")
    if event.get("count", {}).get("op") in ("ge", "gt", "eq"):
        found.append("count")
    if "pick" in event and ("value" in event or "period" in event):
        found.append("picked")
    found += [each for each in PICTURE_FAULTS if kind == "imaging" and each in event]
    found += [each for each in SPOKEN_FAULTS if kind == "report"]
    return tuple(found)


def _times(event: Event, fault: str | None) -> int:
    count = event.get("count")
    if not count:
        return 1
    op = str(count["op"])
    needed = int(count["n"]) + int(op == "gt")
    if fault != "count":
        return max(needed, 1)
    return needed + 1 if op == "eq" else max(needed - 1, 1)


def _from_last(event: Event) -> bool:
    pick = event.get("pick")
    return pick == "last" or (isinstance(pick, dict) and pick.get("from") == "last")
