"""Studies: when they were taken, of what, on which machine, and how many pictures there are."""

from dataclasses import dataclass
from datetime import date

from bench.population.draws import Draws
from bench.population.imaging_protocols import MACHINES, Machine, Protocol, SeriesPlan
from bench.population.people import Person


@dataclass(frozen=True, slots=True)
class Series:
    """A series of so many pictures, numbered from 1."""

    uid: str
    number: int
    plan: SeriesPlan
    pictures: int


@dataclass(frozen=True, slots=True)
class Study:
    """One study; `order` is the id of its ServiceRequest, `accession` its number, empty where it has none."""

    number: int
    uid: str
    protocol: Protocol
    machine: Machine
    day: date
    time: str
    accession: str
    order: str
    series: tuple[Series, ...]
    told: int  # 0 to 99: how its report is written

    @property
    def pictures(self) -> int:
        """How many pictures it has."""
        return sum(each.pictures for each in self.series)


def study(who: Person, number: int, protocol: Protocol, day: date, draws: Draws) -> Study:
    """Draw a study by a protocol."""
    plans = [plan for plan in protocol.series if draws.chance(plan.chance)] or [protocol.series[0]]
    series = tuple(
        Series(who.uid(number, place), place, plan, draws.between(plan.fewest, plan.most))
        for place, plan in enumerate(plans, start=1)
    )
    return Study(
        number=number,
        uid=who.uid(number),
        protocol=protocol,
        machine=draws.one_of(MACHINES[protocol.modality]),
        day=day,
        time=f"{draws.between(8, 18):02d}{draws.between(0, 59):02d}00",
        accession=f"A{who.number:08d}{number:02d}" if draws.chance(0.95) else "",
        order=who.id(10, number) if draws.chance(0.9) else "",
        series=series,
        told=draws.between(0, 99),
    )
