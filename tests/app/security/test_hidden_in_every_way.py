"""Whatever hides a row, hides it wholly: a SMART scope, a label, a consent, that it is kept for another.

Of some types stands here what such a caller sees and what is hidden from them. What an interaction answers
for the hidden one it answers for an id that nobody has, to the byte.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.wiring import Wiring
from graph.allowances import SECURITY, Allowance, Deed, sort_of
from graph.keys import resource_key
from tests.app.security.hidden_changes import CONFIDENTIALITY, FOR_ANOTHER, RESTRICTED
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
    yields: bool = False  # whether it hides other rows at any time, from callers whom nothing else narrows


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
        yields=True,
    ),
    "reader": Way(
        lambda planter: planter.of_rights(),
        about(SEEN, "reader-seen"),
        about(SEEN, "reader-hidden", meta=FOR_ANOTHER),
        yields=True,
    ),
}


@pytest.fixture(scope="module")
def planted(planter: Planter) -> Planter:
    """The tenant with all of it."""
    owner = planter.caller("superuser")
    patients = [patient(id=each) for each in (SEEN, OTHER, "closed")]
    made = [make(kind) for way in WAYS.values() for make in (way.seen, way.hidden) for kind in KINDS]
    every = [entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in (*patients, *made)]
    sent = [each for each in every if each["resource"].get("meta") != FOR_ANOTHER]
    planter.keep(*(each for each in every if each not in sent))
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


@pytest.fixture
def without_chosen_ids(gateway: Wiring) -> Iterator[None]:
    """The gateway as it is where nobody creates under an id of their own."""
    terms = gateway.writing_terms
    with pytest.MonkeyPatch.context() as patch:
        sites = replace(terms, site=replace(terms.site, chosen_ids=False))
        for user in (gateway.records, gateway.bundle_writer, gateway.patching):
            patch.setattr(user, "_terms", sites)
        yield


@pytest.mark.usefixtures("without_chosen_ids")
@pytest.mark.parametrize("interaction", WRITES)
def test_what_is_hidden_is_written_as_what_never_was(
    planted: Planter, way: Way, caller: Caller, interaction: str
) -> None:
    make, hidden = WRITES[interaction], names(way)[1]

    gone, absent = (ask(planted, caller, [make(kind, name) for kind in KINDS]) for name in (hidden, ABSENT))

    assert plain(gone, hidden) == plain(absent, ABSENT)
    assert untouched(planted, hidden)


@pytest.mark.parametrize("interaction", WRITES)
def test_of_what_is_hidden_no_more_is_told_than_that_a_chosen_id_is_taken(
    planted: Planter, way: Way, caller: Caller, interaction: str
) -> None:
    """And that only where a consent hides it, or it is for another: whom else narrows chooses no ids."""
    make, hidden = WRITES[interaction], names(way)[1]
    free = f"free-{interaction.replace(' ', '-')}-{hidden}"

    gone, absent = (ask(planted, caller, [make(kind, name) for kind in KINDS]) for name in (hidden, free))

    if way.yields and interaction in CHOSEN:
        assert set(statuses(absent)) == {"412" if interaction == "update a version" else "201"}
        narrowed = ask(planted, WAYS["label"].caller(planted), [make(kind, ABSENT) for kind in KINDS])
        assert plain(gone, hidden) == plain(narrowed, ABSENT)
    else:
        assert plain(gone, hidden) == plain(absent, free)
    assert untouched(planted, hidden)


def untouched(planted: Planter, name: str) -> bool:
    """Whether what is hidden is as it was."""
    emergency = planted.of_rights(purpose="BTG", readers=None)
    found = ask(planted, emergency, [READS["read"](kind, name) for kind in KINDS])
    return {each["response"].get("etag") for each in found} == {'W/"1"'}
