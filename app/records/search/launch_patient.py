"""A token that was given for one patient is asked for another: refused, not answered with nothing.

The SMART Imaging Access guide demands it, so that an app does not take a mix-up for an empty record. What is
compared is the token and the question, never the record, so the answer tells nothing of what there is.
"""

import re

from app.records.search.asked_references import Pairs, asked_references
from graph.errors import Forbidden
from graph.keys import resource_of
from graph.scope import AccessScope

_PATIENT = re.compile(r"(?:(?:.*/)?Patient/)?([A-Za-z0-9.-]{1,64})(?:/_history/.*)?")
_ABOUT = frozenset({"patient", "subject"})


def launch_patient(scope: AccessScope) -> str | None:
    """The id of the one patient whom the SMART scopes of a token are for; None where they are not for one."""
    named = {each.patient for each in scope.allowances or ()}
    only = named.pop() if len(named) == 1 else None
    return resource_of(only).partition("/")[2] if only else None


def require_launch_patient(
    scope: AccessScope, resource_type: str, pairs: Pairs, patient_id: str | None = None
) -> None:
    """Require that criteria and a compartment name no other patient than the token's.

    Raises `Forbidden` with the parameter.
    """
    own = launch_patient(scope)
    if own is None:
        return
    if patient_id not in (None, own):
        raise Forbidden("the access token is for another patient", code="forbidden")
    for name, text in asked_references(resource_type, pairs):
        found = _PATIENT.fullmatch(text) if name.partition(":")[0] in _ABOUT else None
        if found and found[1] != own:
            raise Forbidden("the access token is for another patient", location=name, code="forbidden")
