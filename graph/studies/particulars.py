"""What the files of a study or series say that only FHIR shows, as one text of JSON on the node.

By DICOM keyword, each a list of values (`app/imaging/store/particulars.py` reads them). Of several files the
latest says what it is, except where each may say a part of it: those are gathered.
"""

from typing import Any

import orjson

PARTICULARS = "particulars"
TITLE = "title"  # what an instance calls itself
_MOST = 64  # values that are gathered
_GATHERED = frozenset(
    {
        "ImageLaterality",
        "ReasonForRequestedProcedureCodeSequence",
        "RequestedProcedureCodeSequence",
        "SpecimenDescriptionSequence",
    }
)


def both(known: str | None, arriving: str | None) -> str | None:
    """What is known after more was said; None where nothing is."""
    if not known or not arriving or known == arriving:
        return arriving or known
    before, after = (orjson.loads(each) for each in (known, arriving))
    merged = {**before, **after}
    for name in _GATHERED & before.keys() & after.keys():
        merged[name] = _gathered(before[name], after[name])
    return orjson.dumps(merged, option=orjson.OPT_SORT_KEYS).decode()


def _gathered(before: list[Any], after: list[Any]) -> list[Any]:
    """The values of both, in an order that does not tell which came first."""
    return sorted([*before, *(each for each in after if each not in before)])[:_MOST]
