"""What was wrong with a form of a page: a sentence in a language, and the field that it stands beside."""

import re
from typing import NamedTuple

from app.http.kit.languages import said
from graph.errors import HilumError

_FIELD = re.compile(r"(?:\$\.)?(\w+)")  # of a JSONPath, or of a name


class Fault(NamedTuple):
    """What was wrong with a form: a sentence, its language, and the field; empty where it is of none."""

    text: str
    language: str
    field: str


def fault_of(error: HilumError) -> Fault:
    """What a form is told that was refused."""
    found = _FIELD.match(error.location or "")
    return Fault(*said(error.wording), found[1] if found else "")
