"""Whatever hides a row, hides it wholly: a SMART scope, a security label, the consent of its patient.

Of some types stands here what such a caller sees and what is hidden from them. What an interaction answers
for the hidden one it answers for an id that nobody has, to the byte.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from graph.allowances import SECURITY, Allowance, Deed, sort_of
from graph.keys import resource_key
from tests.app.security.hidden_changes import CONFIDENTIALITY, RESTRICTED
from tests.app.security.planting import Caller, Planter
from tests.app.security.test_types_by_interaction import READS, WRITES, as_of_anything, ask, statuses
from tests.factories.consents import opted_out
from tests.factories.fhir import Resource, entry, patient
from tests.factories.minimal import PATIENT, minimal

SEEN, HIDDEN, ABSENT, OTHER = "seen", "hidden", "absent", "other"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
KINDS = ("Basic", "Condition", "Device", "Observation")
CHOSEN = {"update", "update a version", "update none", "update where"}
"""Writes to an id that the caller chooses."""


@dataclass(frozen=True)
class Way:
    """A way to hide: the caller, what they see and what is hidden from them of a type."""

    caller: Callable[[Planter], Caller]
    seen: Callable[[str], Resource]
    hidden: Callable[[str], Resource]
    writes: bool = True  # whether from this caller nobody's id can be told from a hidden one


def everything(planter: Planter, **rest: Any) -> tuple[Allowance, ...]:
    return (Allowance(None, frozenset(Deed), **rest),)


def about(whom: str, name: str, **elements: Any) -> Callable[[str], Resource]:
    return lambda kind: minimal(kind, f"{PATIENT}/{whom}", id=f"{name}", **elements)


WAYS: Mapping[str, Way] = {
    "patient context": Way(
        lambda planter: planter.of_rights(
            allowances=everything(planter, patient=resource_key(planter.tenant, PATIENT, SEEN))
        ),
        about(SEEN, "context-seen"),
        about(OTHER, "context-hidden"),
    ),
    "label": Way(
        lambda planter: planter.of_rights(withheld=frozenset({sort_of(SECURITY, "R", CONFIDENTIALITY)})),
        about(SEEN, "label-seen"),
        about(SEEN, "label-hidden", meta=RESTRICTED),
    ),
    "consent": Way(
        lambda planter: planter.of_rights(),
        about(SEEN, "consent-seen"),
        about("closed", "consent-hidden"),
        writes=False,
    ),
}


@pytest.fixture(scope="module")
def planted(planter: Planter) -> Planter:
    """The tenant with all of it."""
    owner = planter.caller("superuser")
    patients = [patient(id=each) for each in (SEEN, OTHER, "closed")]
    made = [make(kind) for way in WAYS.values() for make in (way.seen, way.hidden) for kind in KINDS]
    sent = [entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in (*patients, *made)]
    assert set(statuses(ask(planter, owner, sent))) == {"201"}
    consent = [entry(opted_out("closed"), "POST", "Consent")]
    assert statuses(ask(planter, owner, consent)) == ["201"]
    return planter


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    return WAYS[request.param]


@pytest.fixture(scope="module")
def caller(planted: Planter, way: Way) -> Caller:
    return way.caller(planted)


def plain(answers: Iterable[Any], name: str) -> list[bytes]:
    """The answers as they are for any id."""
    return [as_of_anything(each, name) for each in answers]


def names(way: Way) -> tuple[str, str]:
    return way.seen("Basic")["id"], way.hidden("Basic")["id"]


@pytest.mark.parametrize("interaction", READS)
def test_what_is_hidden_is_read_as_what_never_was(
    planted: Planter, way: Way, caller: Caller, interaction: str
) -> None:
    make, (seen, hidden) = READS[interaction], names(way)

    there, gone, absent = (
        ask(planted, caller, [make(kind, name) for kind in KINDS]) for name in (seen, hidden, ABSENT)
    )

    assert plain(gone, hidden) == plain(absent, ABSENT)
    assert [as_of_anything(each, seen) for each in there] != [as_of_anything(each, ABSENT) for each in absent]


@pytest.mark.parametrize("interaction", WRITES)
def test_what_is_hidden_is_written_as_what_never_was(
    planted: Planter, way: Way, caller: Caller, interaction: str
) -> None:
    if not way.writes and interaction in CHOSEN:
        pytest.skip("an id that is taken by what a consent hides is not free")
    make, hidden = WRITES[interaction], names(way)[1]

    gone, absent = (ask(planted, caller, [make(kind, name) for kind in KINDS]) for name in (hidden, ABSENT))

    assert plain(gone, hidden) == plain(absent, ABSENT)
    emergency = planted.of_rights(purpose="BTG")
    after = ask(planted, emergency, [READS["read"](kind, hidden) for kind in KINDS])
    assert {each["response"].get("etag") for each in after} == {'W/"1"'}
