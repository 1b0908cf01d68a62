"""A patient as pages show one: what tells them from others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PatientSummary:
    """A patient's names in every script, day of birth, number and sex; empty is what is not known."""

    patient_id: str
    names: tuple[str, ...]
    birth_date: str
    number: str
    gender: str = ""
    deceased: bool = False

    @property
    def name(self) -> str:
        """The first name."""
        return self.names[0] if self.names else ""
