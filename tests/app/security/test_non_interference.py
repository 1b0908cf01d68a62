"""Whatever happens to what a caller may not see changes no byte of any answer that they get.

A caller with one patient, and one with one study, ask every route that reads; then records and pictures of
other patients come, change and go, and each answer is the one before.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.security.policy import PERMISSIONS
from app.wiring import Wiring
from graph.accounts.accounts import Granted
from graph.allowances import SECURITY, Allowance, Deed, sort_of
from graph.clock import now
from graph.keys import resource_key
from graph.scope import AccessScope
from tests.app.security.hidden_changes import (
    CHANGES,
    CONFIDENTIALITY,
    LABELLED_CHANGES,
    MOVED_AWAY,
    OTHERS,
    REFUSED_CHANGES,
    HiddenChange,
    happen,
)
from tests.app.security.planting import Caller, Planter, Target
from tests.app.security.routes import READ, RECORD, Route
from tests.app.security.routes_gateway import COHORT
from tests.app.security.routes_table import GUARDED
from tests.factories.consents import opted_out
from tests.factories.fhir import bundle, condition, entry, observation, organization, patient, reference
from tests.factories.minimal import PATIENT, minimal

MOST = 10  # questions before and after each change
_LATER = "2099-01-01T00:00:00Z"

RECORDS = (
    "?_type=Condition,Observation,Organization,Device&_count=2&_total=accurate",
    "?_tag=nothing",
    "Patient/{patient}/*?_count=2",
    "Patient/other-a/*",
    "_history?_count=3",
    f"_history?_at={_LATER}&_count=1000",
    "_history?_since=2020-01-01&_count=1000",
    "Binary?_total=accurate",
    "Condition/hidden-1",
    "Condition/hidden-1/_history",
    "Condition/hidden-1/_history/1",
    "Condition?_include=*",
    "Condition?_include=*&_include:iterate=*",
    "Condition?_revinclude=*",
    "Condition?_sort=code,-recorded-date&_count=1&_total=accurate",
    "Condition?code={code}&_total=accurate",
    "Condition?code:not=nothing&_summary=count",
    "Condition?evidence-detail:Observation.status=final",
    "Condition?subject.name=canary&_sort=-_lastUpdated",
    "Condition?_content=active&_total=accurate",
    "Condition?_filter=subject:Patient.name co canary&_total=estimate",
    "Condition?_sort=-subject:Patient.name,_id&_total=estimate",
    "Observation?_content=final&_sort=patient.family&_count=1",
    "Patient?_has:Condition:patient:_content=active&_summary=true",
    "Patient?_list=hidden-1",
    "Device/hidden-1",
    "Device?_total=accurate",
    "Device?patient={patient}",
    "ImagingStudy?_revinclude=*",
    "ImagingStudy?_sort=-started&_total=accurate",
    "ImagingStudy?instance={instance}",
    "ImagingStudy?patient=Patient/{patient}&_include=*",
    "List?_total=accurate",
    f"Observation/{MOVED_AWAY}",
    f"Observation/{MOVED_AWAY}/_history",
    f"Observation/{MOVED_AWAY}/_history?_at={_LATER}",
    f"Observation/{MOVED_AWAY}/_history/1",
    f"Observation/{MOVED_AWAY}/_history/2",
    "Observation/moved-here/_history",
    f"Observation/_history?_at={_LATER}&_count=1000",
    "Observation?_has:Condition:evidence-detail:clinical-status=active",
    "Observation?status=final&_sort=date&_total=accurate",
    "Organization?_total=accurate&_revinclude=*",
    "Patient/hidden-1",
    "Patient/other-a/Condition",
    "Patient/{patient}/Condition?_total=accurate",
    "Patient?_has:Condition:patient:code={code}&_total=accurate",
    "Patient?_has:Observation:focus:status=final",
    "Patient?_revinclude=*",
    "Patient?gender=female&_sort=name",
    "Patient?link=Patient/{patient}",
    "Patient?name=canary&_total=accurate",
    "Task?_total=accurate",
)
PICTURES = (
    "studies?limit=1",
    "studies?limit=1&offset=1",
    "studies?includefield=all",
    "studies?PatientName=canary*&fuzzymatching=true",
    "studies?PatientID=hidden-1",
    "studies?ModalitiesInStudy=CT",
    "series?Modality=CT&includefield=all",
    "instances?SOPClassUID=1.2.840.10008.5.1.4.1.1.2",
    "instances?limit=1&offset=1",
)


@dataclass(frozen=True)
class Inquiry:
    """One way to ask: how, and with the names of which target."""

    route: Route
    of: str  # the granted one, the hidden one, one that is not there

    def __str__(self) -> str:
        return f"{self.route} {self.route.path} of {self.of}"


def _asked(path: str) -> Inquiry:
    return Inquiry(Route(f"GET {path}", READ, path), "mine")


ROUTES = tuple(route for route in GUARDED if route.needs in (READ, RECORD))
QUESTIONS = (
    *(Inquiry(route, of) for route in ROUTES for of in ("mine", "theirs", "nobody's")),
    *(_asked(f"/fhir/{path}") for path in RECORDS),
    *(_asked(f"/dicom-web/{path}") for path in PICTURES),
)
_SAME_REQUEST = {"X-Request-Id": "0" * 32}
_TOKEN = re.compile(rb"(_page=)[\w.~-]+|(\"timestamp\":\")[\w.:-]+")
# A document says when it was made, and under which name; what opens a launch is made up.
_MADE = re.compile(rb'urn:uuid:[0-9a-f-]{36}|(?<="date":)"[^"]*"(?=,"author")|(?<="launch":)"[^"]*"')
_BOUNDARY = re.compile(r'boundary="?([^";]+)')


@dataclass(frozen=True, repr=False)
class Stage:
    """A tenant in which something is planted, callers who see a part of it, and what they were told.

    They see a patient, a study, what a SMART scope leaves of a patient, what bears no label, and what no
    consent keeps from them.
    """

    planter: Planter
    owner: Caller
    targets: Mapping[str, Target]
    guests: tuple[Caller, ...]
    before: dict[tuple[int, str], tuple[Any, ...]]

    @property
    def mine(self) -> Target:
        return self.targets["mine"]

    def answer(self, caller: Caller, asked: Inquiry) -> tuple[Any, ...]:
        """All that an answer says, but for the time of day and names that are made up each time."""
        target, route = self.targets[asked.of], asked.route
        names = ("study", "series", "instance", "condition", "patient", "imaging_study", "mark", "code")
        path = route.path.format(**{name: getattr(target, name) for name in names})
        body = route.body(target) if route.body else None
        headers = {**route.headers, **caller.headers, **_SAME_REQUEST}
        found = self.planter.client.open(path, method=route.method, data=body, headers=headers, buffered=True)
        boundary = _BOUNDARY.search(found.headers.get("Content-Type", ""))
        own = boundary[1] if boundary else "\0"
        said = [(name, value.replace(own, "*")) for name, value in found.headers if name != "Date"]
        shown = _TOKEN.sub(rb"\1\2*", found.data.replace(own.encode(), b"*"))
        return found.status_code, said, _MADE.sub(b"*", shown)

    def forget(self, number: int) -> None:
        """Forget what a caller was told."""
        for key in [key for key in self.before if key[0] == number]:
            del self.before[key]

    def asked(self, number: int, asked: Inquiry) -> None:
        """Ask, and get what was told the first time."""
        told = self.answer(self.guests[number], asked)
        assert told == self.before.setdefault((number, str(asked)), told), str(asked)


@pytest.fixture(scope="module")
def stage(planter: Planter) -> Stage:
    owner = planter.of_rights(permissions=frozenset(PERMISSIONS), purpose="BTG")
    targets = {"mine": planter.plant(), "theirs": planter.plant(), "nobody's": planter.absent()}
    mine = targets["mine"]
    for records in _planted(mine):
        sent = bundle(*(entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in records))
        put = planter.client.post(
            "/fhir",
            data=json.dumps(sent),
            headers={**owner.headers, "Content-Type": "application/fhir+json"},
        )
        assert put.status_code == 200, put.text
    guests = (
        planter.caller("teleradiologist", Granted(patient=mine.patient)),
        planter.caller("teleradiologist", Granted(study=mine.study)),
        planter.of_rights(allowances=_context(resource_key(planter.tenant, PATIENT, mine.patient))),
        planter.of_rights(withheld=frozenset({sort_of(SECURITY, "R", CONFIDENTIALITY)})),
        planter.of_rights(),
    )
    return Stage(planter, owner, targets, guests, {})


def _context(patient: str) -> tuple[Allowance, ...]:
    """What `patient/*.rs` leaves."""
    return (Allowance(None, frozenset({Deed.READ, Deed.SEARCH}), patient=patient),)


def _planted(mine: Target) -> Sequence[Sequence[dict[str, Any]]]:
    """What the caller sees, and beside it what moves in and out of their sight by its second version."""
    own, other = f"{PATIENT}/{mine.patient}", f"{PATIENT}/{OTHERS[0]}"
    versions = [f"Observation/{MOVED_AWAY}/_history/{number}" for number in (1, 2, 3)]
    evidence = [{"detail": [reference(each) for each in (*versions, "Condition/hidden-1")]}]
    return (
        [
            *(patient(each, id=each) for each in OTHERS),
            observation(other, id="moved-here"),
            observation(own, id=MOVED_AWAY),
            condition(own, mine.code, id="citing", evidence=evidence),
            organization(id="clinic"),
            *({**opted_out(each), "id": f"of-{each}"} for each in OTHERS),
            *(minimal(kind, own, id="mine") for kind in ("Device", "Binary", "List", "Task", "Basic")),
            *(
                minimal(kind, f"ImagingStudy/{mine.imaging_study}", id="of-study")
                for kind in ("Device", "Contract")
            ),
        ],
        [observation(own, id="moved-here"), observation(other, id=MOVED_AWAY)],
    )


def some(*guests: int) -> st.SearchStrategy[list[tuple[int, Inquiry]]]:
    """Some questions of these callers."""
    asked = st.tuples(st.sampled_from(guests), st.sampled_from(QUESTIONS))
    return st.lists(asked, min_size=MOST // 2, max_size=MOST, unique_by=str)


SOME = some(0, 1, 2)
ONLY_DRAWN = {
    "phases": [Phase.generate],  # what has happened is not undone, so no smaller case is tried
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}


def _check(stage: Stage, changes: Sequence[HiddenChange], asked: Sequence[tuple[int, Inquiry]]) -> None:
    for guest in {guest for guest, _ in asked} - {0, 1, 2}:  # what others may not see is theirs to see
        stage.forget(guest)
    for guest, each in asked:
        stage.asked(guest, each)
    happen(stage.planter, stage.owner, stage.mine, changes)
    for guest, each in asked:
        stage.asked(guest, each)


@settings(max_examples=12, **ONLY_DRAWN)  # type: ignore[arg-type]
@given(changes=CHANGES, asked=SOME)
def test_nothing_hidden_changes_an_answer(
    stage: Stage, changes: list[HiddenChange], asked: list[tuple[int, Inquiry]]
) -> None:
    _check(stage, changes, asked)


KEPT_BACK = st.one_of(
    st.tuples(LABELLED_CHANGES, some(3)),
    st.tuples(REFUSED_CHANGES, some(4)),
)
"""What bears a label, asked by who does not see that; what a consent keeps back, by who it is kept from."""


@settings(max_examples=4, **ONLY_DRAWN)  # type: ignore[arg-type]
@given(case=KEPT_BACK)
def test_nothing_that_is_kept_back_changes_an_answer(
    stage: Stage, case: tuple[list[HiddenChange], list[tuple[int, Inquiry]]]
) -> None:
    _check(stage, *case)


@pytest.mark.slow
@settings(max_examples=500, **ONLY_DRAWN)  # type: ignore[arg-type]
@given(case=KEPT_BACK)
def test_in_hundreds_of_cases_nothing_that_is_kept_back_changes_an_answer(
    stage: Stage, case: tuple[list[HiddenChange], list[tuple[int, Inquiry]]]
) -> None:
    _check(stage, *case)


@pytest.mark.slow
@settings(max_examples=2_000, **ONLY_DRAWN)  # type: ignore[arg-type]
@given(changes=CHANGES, asked=SOME)
def test_in_thousands_of_cases_nothing_hidden_changes_an_answer(
    stage: Stage, changes: list[HiddenChange], asked: list[tuple[int, Inquiry]]
) -> None:
    _check(stage, changes, asked)


@pytest.mark.slow
def test_in_the_end_every_question_has_its_first_answer(stage: Stage) -> None:
    for guest, each in product((0, 1, 2), QUESTIONS):
        stage.asked(guest, each)


@settings(max_examples=5, **ONLY_DRAWN)  # type: ignore[arg-type]
@given(changes=CHANGES)
def test_nothing_hidden_changes_a_cohort(stage: Stage, gateway: Wiring, changes: list[HiddenChange]) -> None:
    """No role with few grants asks cohort questions now; the rights hold where one will."""
    ask = _cohort(stage, gateway)
    before = ask()

    happen(stage.planter, stage.owner, stage.mine, changes)

    assert before["counts"]["matched"] == 1
    assert ask() == before


def _cohort(stage: Stage, gateway: Wiring) -> Callable[[], dict[str, Any]]:
    (route,) = COHORT
    assert route.body is not None
    question, moment = json.loads(route.body(stage.mine)), now()
    tenant = stage.planter.tenant
    scope = AccessScope(
        tenant,
        "someone",
        "teleradiologist",
        "TREAT",
        permissions=frozenset({"cohort.query"}),
        patients=frozenset({resource_key(tenant, PATIENT, stage.mine.patient)}),
    )
    return lambda: gateway.cohorts.ask(scope, question, moment)
