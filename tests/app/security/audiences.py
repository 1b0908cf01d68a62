"""Callers who see a part of a tenant, each in another way, and which changes are hidden from them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from graph.allowances import SECURITY, Allowance, Deed, TokenCondition, sort_of
from graph.keys import resource_key
from tests.app.security.hidden_changes import CONFIDENTIALITY, Hidden
from tests.app.security.planting import Caller, Planter, Target
from tests.factories.fhir import Resource, reference
from tests.factories.minimal import PATIENT

READER, WARD = "Practitioner/reader", "Organization/ward"
_READS = frozenset({"imaging.read", "fhir.read", "feed.read", "fhir.bulk", "workitem.read"})
_MANY = 150  # grants beside the one that counts, more than a statement carries
_SEARCHING = frozenset({Deed.READ, Deed.SEARCH})
_DRAWN = 12
_OTHERS = frozenset({Hidden.OTHERS, Hidden.REFUSED, Hidden.FOR_ANOTHER})
_BOUND = frozenset({Hidden.REFUSED, Hidden.DENIED, Hidden.FOR_ANOTHER})  # whom consents bind
_SEED = 7


@dataclass(frozen=True)
class Guest:
    """A caller, and why what changes is hidden from them."""

    name: str
    caller: Caller
    hidden: frozenset[Hidden]


def work(mine: Target) -> list[Resource]:
    """What gives the study of a target to a reader, and its patient to a ward."""
    own = reference(f"{PATIENT}/{mine.patient}")
    about = {"owner": reference(READER), "focus": reference(f"ImagingStudy/{mine.imaging_study}")}
    visit = {"code": "IMP", "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode"}
    return [
        _named(READER),
        {**_named(WARD), "name": "Ward"},
        {**_named("Task/read"), "status": "in-progress", "intent": "order", **about},
        {
            **_named("Encounter/stay"),
            "status": "in-progress",
            "class": visit,
            "subject": own,
            "serviceProvider": reference(WARD),
        },
    ]


def _named(name: str) -> Resource:
    kind, _, resource_id = name.partition("/")
    return {"resourceType": kind, "id": resource_id}


def guests(planter: Planter, mine: Target) -> list[Guest]:
    """One of each source of rows, one of each thing that narrows, and some of several at once."""
    return [*_by_source(planter, mine), *_narrowed(planter, mine), *_drawn(planter, mine)]


def _by_source(planter: Planter, mine: Target) -> Iterator[Guest]:
    yield Guest("own", planter.in_role("patient", mine), _OTHERS)
    yield Guest("opened", planter.in_role("break-glass", mine), _OTHERS)
    yield Guest("assigned", planter.employed("assigned", fhir_user=READER), _OTHERS | _BOUND)
    yield Guest("department", planter.employed("department", departments=(WARD,)), _OTHERS | _BOUND)
    yield Guest("nothing", planter.employed(), frozenset(Hidden))


def _narrowed(planter: Planter, mine: Target) -> Iterator[Guest]:
    every = [(name, each) for part in _PARTS.values() for name, each in part.items() if each.hides]
    for name, part in every:
        yield Guest(name, _caller(planter, part.rights(planter, mine)), part.hides | _BOUND)
    yield Guest("consents", _caller(planter, {}), _BOUND)


def _drawn(planter: Planter, mine: Target) -> Iterator[Guest]:
    """Callers of several parts at once, the same ones in every run."""
    draw = Random(_SEED)
    for number in range(_DRAWN):
        chosen = [draw.choice(sorted(part)) for part in _PARTS.values()]
        parts = [part[name] for part, name in zip(_PARTS.values(), chosen, strict=True)]
        rights = {name: value for part in parts for name, value in part.rights(planter, mine).items()}
        hidden = frozenset[Hidden]().union(*(part.hides for part in parts), _BOUND)
        yield Guest(f"{number}: {', '.join(chosen)}", _caller(planter, rights), hidden)


def _caller(planter: Planter, rights: Mapping[str, Any]) -> Caller:
    return planter.of_rights(**{"permissions": _READS, **rights})


@dataclass(frozen=True)
class _Part:
    """A part of a right: what it changes of the rights of who sees all, and what it hides."""

    rights: Callable[[Planter, Target], Mapping[str, Any]]
    hides: frozenset[Hidden] = frozenset()


def _mine(planter: Planter, mine: Target) -> str:
    return resource_key(planter.tenant, PATIENT, mine.patient)


def _many(planter: Planter, mine: Target) -> frozenset[str]:
    others = (resource_key(planter.tenant, PATIENT, f"granted-{number}") for number in range(_MANY))
    return frozenset((_mine(planter, mine), *others))


def _study(planter: Planter, mine: Target) -> frozenset[str]:
    return frozenset({resource_key(planter.tenant, "ImagingStudy", mine.imaging_study)})


def _allowed(*allowances: Allowance) -> Mapping[str, Sequence[Allowance]]:
    return {"allowances": allowances}


_FINAL = TokenCondition("code", ((None, "718-7"),))
_ALL_ROWS = _Part(lambda _planter, _mine_: {})
_PARTS: Mapping[str, Mapping[str, _Part]] = {
    "rows": {
        "all rows": _ALL_ROWS,
        "patient": _Part(lambda planter, mine: {"patients": frozenset({_mine(planter, mine)})}, _OTHERS),
        "study": _Part(
            lambda planter, mine: {"patients": frozenset(), "studies": _study(planter, mine)}, _OTHERS
        ),
        "both": _Part(
            lambda planter, mine: {
                "patients": frozenset({_mine(planter, mine)}),
                "studies": _study(planter, mine),
            },
            _OTHERS,
        ),
        "many patients": _Part(lambda planter, mine: {"patients": _many(planter, mine)}, _OTHERS),
    },
    "scopes": {
        "no scopes": _ALL_ROWS,
        "launch": _Part(
            lambda planter, mine: _allowed(Allowance(None, _SEARCHING, patient=_mine(planter, mine))),
            _OTHERS,
        ),
        "launch of types": _Part(
            lambda planter, mine: _allowed(
                Allowance("Condition", _SEARCHING, patient=_mine(planter, mine)),
                Allowance("ImagingStudy", _SEARCHING, patient=_mine(planter, mine)),
            ),
            _OTHERS,
        ),
        "reads only": _Part(lambda _planter, _mine_: _allowed(Allowance(None, frozenset({Deed.READ})))),
        "one code": _Part(
            lambda _planter, _mine_: _allowed(
                Allowance("Observation", _SEARCHING, (_FINAL,)), Allowance("ImagingStudy", _SEARCHING)
            )
        ),
    },
    "labels": {
        "no labels": _ALL_ROWS,
        "restricted": _Part(
            lambda _planter, _mine_: {"withheld": frozenset({sort_of(SECURITY, "R", CONFIDENTIALITY)})},
            frozenset({Hidden.LABELLED}),
        ),
    },
}
"""What rights are drawn from: of each table one row."""
