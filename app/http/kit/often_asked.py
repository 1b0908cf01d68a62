"""Cohort questions that are ready to be asked: home leads to them, and the page of cohorts offers them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.http.kit.words import marked
from app.samples.answer import question


class SavedQuestion(NamedTuple):
    """A question that is ready to be asked, and what it is called."""

    label: str
    raw: Mapping[str, Any]


def _saved(label: str, condition: Mapping[str, Any]) -> SavedQuestion:
    return SavedQuestion(label, {"version": "1", "population": condition, "output": {"count": True}})


EXAMPLE = {name: each for name, each in question(date.min).items() if name != "asOf"}  # as of today
"""The question of the sample data."""
OFTEN_ASKED: Mapping[str, SavedQuestion] = {
    "pictures": _saved(marked("patients with pictures"), {"imaging": {}}),
    "ct": _saved(marked("patients with a CT"), {"imaging": {"modality": ["CT"]}}),
    "mr": _saved(marked("patients with an MR"), {"imaging": {"modality": ["MR"]}}),
    "diagnosis": _saved(marked("patients with a diagnosis"), {"condition": {}}),
    "example": SavedQuestion(marked("the example: osteosarcoma in two years, over 45, a CT"), EXAMPLE),
}
"""What is asked often, by its name in a form."""
