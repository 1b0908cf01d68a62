"""How many values an attribute has, and how many items a sequence (PS3.6, PS3.3 C.30)."""

import re
from functools import lru_cache

from pydicom.datadict import dictionary_VM

from graph.errors import Invalid

_VM = re.compile(r"([0-9]+)(?:-([0-9]*)(n?))?", re.ASCII)
_OF_ONE_ITEM = frozenset(
    (
        "00080051",  # IssuerOfAccessionNumberSequence
        "00100024",  # IssuerOfPatientIDQualifiersSequence
        "00321034",  # RequestingServiceCodeSequence
        "00321064",  # RequestedProcedureCodeSequence
        "00380014",  # IssuerOfAdmissionIDSequence
        "00400026",  # OrderPlacerIdentifierSequence
        "00400027",  # OrderFillerIdentifierSequence
        "004008EA",  # MeasurementUnitsCodeSequence
        "00404009",  # HumanPerformerCodeSequence
        "00404018",  # ScheduledWorkitemCodeSequence
        "00404019",  # PerformedWorkitemCodeSequence
        "0040A043",  # ConceptNameCodeSequence
        "0040A168",  # ConceptCodeSequence
        "00741002",  # ProcedureStepProgressInformationSequence
        "00741216",  # UnifiedProcedureStepPerformedProcedureSequence
    )
)


def check_number_of_items(tag: str, number: int, place: str) -> None:
    """Raise `Invalid` where a sequence of one item has more."""
    if number > 1 and tag in _OF_ONE_ITEM:
        raise Invalid("the sequence has one item at most", location=place)


def check_number_of_values(tag: str, number: int, place: str) -> None:
    """Raise `Invalid` where an attribute that has values has fewer or more than the dictionary says.

    What the dictionary does not know, as private attributes, has as many as it has.
    """
    known = _number_of(tag)
    if not number or known is None:
        return
    least, most, step = known
    if number < least or (most is not None and number > most) or number % step:
        raise Invalid(f"its multiplicity is {_written(tag)}: there are {number} values", location=place)


def _written(tag: str) -> str:
    return dictionary_VM(int(tag, 16))


@lru_cache(maxsize=1_000)  # tags come from outside
def _number_of(tag: str) -> tuple[int, int | None, int] | None:
    """The least and the most values of an attribute, None for any number, and what that is a multiple of."""
    try:
        found = _VM.fullmatch(_written(tag))
    except KeyError:
        return None
    if found is None:
        return None
    least, most, endless = int(found[1]), found[2], bool(found[3])
    if most is None:
        return least, least, 1
    if endless:
        return least, None, int(most or 1)
    return least, int(most), 1
