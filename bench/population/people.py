"""Who they are: number, names, sex, and birth and death as far as they are known."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bench.population.draws import TODAY, Draws

Resource = dict[str, Any]
MRN = "urn:hilum:mrn"
_OLDEST = 99
_FAMILIES = (
    ("Kim", "김"),
    ("Lee", "이"),
    ("Park", "박"),
    ("Choi", "최"),
    ("Jung", "정"),
    ("Smith", ""),
    ("Garcia", ""),
    ("Nguyen", ""),
    ("Müller", ""),
    ("Rossi", ""),
    ("Kang", "강"),
    ("Yoon", "윤"),
    ("Brown", ""),
    ("Tanaka", ""),
)
_GIVEN = {
    "male": (
        ("Minjun", "민준"),
        ("Jiho", "지호"),
        ("James", ""),
        ("Daniel", ""),
        ("Sungmin", "성민"),
        ("Peter", ""),
    ),
    "female": (
        ("Seoyeon", "서연"),
        ("Jimin", "지민"),
        ("Mary", ""),
        ("Anna", ""),
        ("Yuna", "유나"),
        ("Laura", ""),
    ),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One person; what is not known of them is empty.

    `born` is the day, and `birth` what is written down of it; `hangul` the family and given name in Korean.
    """

    number: int
    family: str
    given: str
    hangul: tuple[str, str]
    sex: str
    born: date
    birth: str
    died: str

    @property
    def mrn(self) -> str:
        """The patient identifier, the same length for all."""
        return f"B{self.number:09d}"

    def id(self, kind: int, number: int = 0) -> str:
        """The id of a resource of theirs, in the form of a UUID; `kind` is a number of its type."""
        return f"{self.number:08x}-{kind:04x}-4000-8000-{number:012x}"

    def uid(self, study: int, series: int = 0, instance: int = 0) -> str:
        """A UID of their pictures; all have one length."""
        return f"2.25.2718281828459{self.number:09d}{study:03d}{series:03d}{instance:05d}"

    @property
    def subject(self) -> Resource:
        """The reference to their Patient."""
        return {"reference": f"Patient/{self.id(0)}"}

    def age(self, day: date) -> int:
        """Their age in whole years on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    @property
    def resource(self) -> Resource:
        """Their Patient."""
        names = [{"use": "official", "family": self.family, "given": [self.given]}]
        if self.hangul[0]:
            names.append({"family": self.hangul[0], "given": [self.hangul[1]]})
        told = {"gender": self.sex, "birthDate": self.birth, "deceasedDateTime": self.died}
        return {
            "resourceType": "Patient",
            "id": self.id(0),
            "identifier": [{"system": MRN, "value": self.mrn}],
            "active": True,
            "name": names,
            **{name: value for name, value in told.items() if value},
        }


def person(draws: Draws, number: int) -> Person:
    """Draw the person of a number."""
    sex = "female" if draws.chance(0.51) else "male"
    family, given = draws.one_of(_FAMILIES), draws.one_of(_GIVEN[sex])
    age = min(_OLDEST, max(0, round(draws.around(49, 22)))) if draws.chance(0.92) else draws.between(0, 17)
    born = TODAY - timedelta(days=int(age * 365.25) + draws.between(0, 364))
    died = draws.day(max(born, TODAY - timedelta(days=2_000))) if draws.chance(age * age / 90_000) else None
    return Person(
        number=number,
        family=family[0],
        given=given[0],
        hangul=(family[1], given[1]) if family[1] and given[1] else ("", ""),
        sex="" if draws.chance(0.01) else sex,
        born=born,
        birth="" if draws.chance(0.02) else draws.written(born, year=0.03, month=0.01),
        died=died.isoformat() if died else "",
    )
