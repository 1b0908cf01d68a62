"""Patients who just fit a question, and patients who fit it but for one thing, made from its tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from app.cohorts.language.calendar import Duration
from tests.factories.wards.charts import Chart
from tests.factories.wards.happenings import Happening, faults
from tests.factories.wards.noise import noise
from tests.factories.wards.windows import window

Node = Mapping[str, Any]
_PLAIN = frozenset({"age", "sex", "deceased"})
_UNITS = {"a": "P{0}Y", "mo": "P{0}M", "wk": "P{0}W", "d": "P{0}D"}
_MOST_BRANCHES = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Literal:
    """A condition that a patient is to meet or not, or is nearly to meet, with a fault."""

    node: str
    wanted: bool
    fault: str | None
    said: Node

    @property
    def key(self) -> str:
        """Which kind of condition it is."""
        return next(key for key in self.said if key not in ("src", "why"))


Branch = tuple[Literal, ...]


def witnesses(question: Mapping[str, Any], random: Random, prefix: str, most: int) -> Iterator[Chart]:
    """At most so many patients of a question, those who fit first."""
    fitting = branches(question["population"])[:_MOST_BRANCHES]
    missing = [found for branch in fitting for found in near_misses(branch, question.get("events", {}))]
    first = [(branch, edge) for edge, branch in enumerate((*fitting, fitting[0]))]
    room = max(most - len(first), 2)
    chosen = random.sample(missing, min(room, len(missing)))
    for number, (branch, edge) in enumerate([*first, *((each, random.randrange(4)) for each in chosen)]):
        chart = Chart(random, f"{prefix}-{number}", korean=number % 2 == 1)
        _make(chart, branch, question, edge)
        yield chart


def branches(node: Node, wanted: bool = True, path: str = "") -> list[Branch]:
    """The ways in which a condition can be met, or not be met, each as the literals that make it so."""
    key = next(each for each in node if each not in ("src", "why"))
    value = node[key]
    if key == "not":
        return branches(value, not wanted, f"{path}.not")
    if key in ("all", "any"):
        return _several(value, (key == "all") == wanted, wanted, f"{path}.{key}")
    if key == "atLeast":
        every = _several(value["of"][: value["n"]], True, True, f"{path}.of")
        return every if wanted else _several(value["of"], True, False, f"{path}.of")
    return [(Literal(path, wanted, None, node),)]


def _several(nodes: Sequence[Node], together: bool, wanted: bool, path: str) -> list[Branch]:
    each = [branches(node, wanted, f"{path}[{at}]") for at, node in enumerate(nodes)]
    if not together:
        return [branch for found in each for branch in found]
    firsts = [found[0] for found in each]
    varied = [
        (*firsts[:at], branch, *firsts[at + 1 :]) for at, found in enumerate(each) for branch in found[1:]
    ]
    return [tuple(literal for part in parts for literal in part) for parts in [tuple(firsts), *varied]]


def near_misses(branch: Branch, events: Mapping[str, Any]) -> list[Branch]:
    """The same but for one literal, which is missed in each way in which it can be."""
    found = []
    for at, literal in enumerate(branch):
        for fault in _ways_to_miss(literal, events):
            missed = Literal(literal.node, not literal.wanted or fault is not None, fault, literal.said)
            found.append((*branch[:at], missed, *branch[at + 1 :]))
    return found


def _ways_to_miss(literal: Literal, events: Mapping[str, Any]) -> tuple[str | None, ...]:
    if literal.key in _PLAIN or not literal.wanted:
        return (None,)
    return (None, *faults(_event(literal, events)))


def _event(literal: Literal, events: Mapping[str, Any]) -> Mapping[str, Any]:
    said = literal.said[literal.key]
    if literal.key == "exists" and isinstance(said, str):
        found: Mapping[str, Any] = events[said]
        return found
    return said if literal.key == "exists" else {"kind": literal.key, **said}


def _make(chart: Chart, branch: Branch, question: Mapping[str, Any], edge: int) -> None:
    as_of = date.fromisoformat(question["asOf"])
    events = question.get("events", {})
    happening = Happening(chart, as_of, events, edge)
    for literal in branch:
        if literal.key in _PLAIN or not literal.wanted:
            continue
        said = literal.said[literal.key]
        if isinstance(said, str):
            happening.named(said, literal.fault)
        else:
            happening.happen(_event(literal, events), literal.fault)
    for literal in branch:  # what is not to be so has the look of it now and then
        nearly = () if literal.key in _PLAIN else faults(_event(literal, events))
        if not literal.wanted and nearly and literal.fault is None and chart.random.random() < 0.5:
            happening.happen(_event(literal, events), chart.random.choice(nearly))
    ages = [each for each in branch if each.key == "age"]
    for each in ages:
        if each.said["age"].get("at", "asOf") in events:
            happening.named(each.said["age"]["at"])
    _be(chart, branch, ages, happening, edge)
    for row in question.get("output", {}).get("rows", ()):
        if row.get("event") in events and row["event"] not in happening.lasting:
            happening.named(row["event"])
    noise(chart, as_of)


def _be(chart: Chart, branch: Branch, ages: list[Literal], happening: Happening, edge: int) -> None:
    """Say when the patient was born, of which sex, and whether there is a death."""
    as_of = happening.as_of
    specs = [
        (each.said["age"], each.wanted, happening.lasting.get(each.said["age"].get("at"), (as_of,))[0])
        for each in ages
    ]
    sexes = [each for each in ("female", "male") if all(_is(each, literal) for literal in branch)]
    sex = sexes[edge % len(sexes)] if sexes else "unknown"
    dead = next((each for each in branch if each.key == "deceased"), None)
    died = _died(dead, as_of, chart.random) if dead else None
    chart.born(_birth(specs, as_of, edge, chart.random), sex, **({"deceasedDateTime": died} if died else {}))


def _is(sex: str, literal: Literal) -> bool:
    if literal.key != "sex":
        return True
    said = literal.said["sex"]
    asked = said["value"] if isinstance(said["value"], list) else [said["value"]]
    return (sex in asked) == (literal.wanted != (str(said["op"]) == "ne"))


def _died(literal: Literal, as_of: date, random: Random) -> str | None:
    said = literal.said["deceased"]
    spec = said if isinstance(said, dict) else {"value": said}
    if "period" in spec:
        found = window(spec["period"], {}, as_of)
        days = found.inside(as_of) if literal.wanted else found.outside()
        return random.choice(days).isoformat()
    return (as_of - timedelta(days=40)).isoformat() if bool(spec["value"]) == literal.wanted else None


def _birth(specs: list[tuple[Mapping[str, Any], bool, date]], as_of: date, edge: int, random: Random) -> date:
    """A birthday at the edge of the ages that are asked, or of any grown-up."""
    if not specs:
        return as_of - timedelta(days=random.randint(20 * 366, 88 * 365))
    near = sorted({each for spec, _, day in specs for each in _edges(spec, day)})

    def fits(born: date) -> bool:
        return all(_aged(spec, born, day) == wanted for spec, wanted, day in specs)

    fitting = [each for each in near if fits(each) and each <= as_of]
    at_edge = [each for each in fitting if not (fits(each - _DAY) and fits(each + _DAY))]
    found = at_edge or fitting or near
    return found[edge % len(found)]


def _edges(spec: Mapping[str, Any], day: date) -> Iterator[date]:
    """Birthdays on both sides of every bound of an age."""
    bounds = spec["value"] if isinstance(spec["value"], list) else [spec["value"]]
    for bound in bounds:
        for years in (bound, bound + 1):
            born = Duration.parse(_UNITS[spec.get("unit", "a")].format(years)).before(day) if years else day
            yield from (born - _DAY, born, born + _DAY)


def _aged(spec: Mapping[str, Any], born: date, day: date) -> bool:
    """Whether somebody is of an age on a day, in completed units."""
    unit, value, op = _UNITS[spec.get("unit", "a")], spec["value"], spec["op"]

    def reached(number: int) -> bool:
        return born <= (Duration.parse(unit.format(number)).before(day) if number else day)

    if op == "between":
        return reached(value[0]) and not reached(value[1] + 1)
    return {
        "ge": lambda: reached(value),
        "gt": lambda: reached(value + 1),
        "lt": lambda: not reached(value),
        "le": lambda: not reached(value + 1),
        "eq": lambda: reached(value) and not reached(value + 1),
        "ne": lambda: not (reached(value) and not reached(value + 1)),
    }[op]()
