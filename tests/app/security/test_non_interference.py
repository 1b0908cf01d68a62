"""Whatever happens to what a caller may not see changes no byte of any answer that they get.

Callers of every source of rows and of everything that narrows, alone and together, ask every route that
reads; then what is hidden from them comes, changes and goes, and each answer is the one before.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import product
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.cohorts.answers.files.scratch import Scratch
from app.cohorts.answers.files.whole import WholeAnswers, WholeQuestion
from app.cohorts.language.question import AnswerFormat
from app.cohorts.saved.saved_cohorts import ComparedSide
from app.security.policy import PERMISSIONS
from app.wiring import Wiring
from graph.clock import now
from graph.keys import resource_key
from graph.resources.pages import KnownSizes
from graph.scope import AccessScope
from tests.app.security.audiences import Guest, guests, work
from tests.app.security.hidden_changes import (
    CHANGES,
    KEPT,
    MOVED_AWAY,
    OTHERS,
    RESTRICTED,
    Hidden,
    HiddenChange,
    happen,
    labelled_study,
)
from tests.app.security.planting import Caller, Planter, Target, cohort_question
from tests.app.security.routes import READ, RECORD, Route
from tests.app.security.routes_table import GUARDED
from tests.factories.consents import opted_out
from tests.factories.fhir import bundle, condition, entry, observation, organization, patient, reference
from tests.factories.graphs import noted
from tests.factories.minimal import PATIENT, minimal

TRIES = 5  # a machine that is busy may run out of a request's time, which tells of nothing hidden
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
    "changefeed?limit=200",
    "changefeed?limit=200&offset=1&includeMetadata=true",
    "changefeed/latest",
    "studies/{study}/metadata",
)
PAGES = (
    "/home",
    "/worklist/lines",
    "/worklist/lines?show=done",
    "/reporting/critical-results",
    "/reporting/studies/{study}",
    "/search?q=canary",
    "/search?q=hidden-1",
    "/search?q=1970-01-01",
    "/patients/hidden-1",
    "/patients/other-a",
)
CLOSED = 120  # other patients who keep everything from everybody, more than a statement carries


@dataclass(frozen=True)
class Inquiry:
    """One way to ask: how, and with the names of which target."""

    route: Route
    of: str  # the granted one, the hidden one, one that is not there

    def __str__(self) -> str:
        return f"{self.route} {self.route.path} of {self.of}"


def _asked(path: str) -> Inquiry:
    return Inquiry(Route(f"GET {path}", READ, path), "mine")


# A read mark changes what its own caller is told of the changes since.
ROUTES = tuple(route for route in GUARDED if route.needs in (READ, RECORD) and route.method != "PUT")
QUESTIONS = (
    *(Inquiry(route, of) for route in ROUTES for of in ("mine", "theirs", "nobody's")),
    *(_asked(f"/fhir/{path}") for path in RECORDS),
    *(_asked(f"/dicom-web/{path}") for path in PICTURES),
    *map(_asked, PAGES),
)
_SAME_REQUEST = {"X-Request-Id": "0" * 32}
_TOKEN = re.compile(rb"(_page=)[\w.~-]+|(\"timestamp\":\")[\w.:-]+")
# A document says when it was made, and under which name; what opens a launch is made up.
_MADE = re.compile(rb'urn:uuid:[0-9a-f-]{36}|(?<="date":)"[^"]*"(?=,"author")|(?<="launch":)"[^"]*"')
_BOUNDARY = re.compile(r'boundary="?([^";]+)')


@dataclass(frozen=True, repr=False)
class Stage:
    """A tenant in which something is planted, callers who see a part of it, and what they were told."""

    planter: Planter
    owner: Caller
    targets: Mapping[str, Target]
    guests: Sequence[Guest]
    before: dict[tuple[int, str], tuple[Any, ...]]

    @property
    def mine(self) -> Target:
        return self.targets["mine"]

    def answer(self, caller: Caller, asked: Inquiry) -> tuple[Any, ...]:
        """All that an answer says, but for the time of day and names that are made up each time."""
        target, route = self.targets[asked.of], asked.route
        path = route.at(target)
        body = route.body(target) if route.body else None
        headers = {**route.headers, **caller.headers, **_SAME_REQUEST}
        for tried in range(TRIES):
            sleep(tried)
            found = self.planter.client.open(
                path, method=route.method, data=body, headers=headers, buffered=True
            )
            if found.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
        boundary = _BOUNDARY.search(found.headers.get("Content-Type", ""))
        own = boundary[1] if boundary else "\0"
        said = [(name, value.replace(own, "*")) for name, value in found.headers if name != "Date"]
        shown = _TOKEN.sub(rb"\1\2*", found.data.replace(own.encode(), b"*"))
        return found.status_code, said, _MADE.sub(b"*", shown)

    def forget(self, hidden: Hidden) -> None:
        """Forget what those callers were told who see what changes."""
        for key in [key for key in self.before if hidden not in self.guests[key[0]].hidden]:
            del self.before[key]

    def asked(self, number: int, asked: Inquiry) -> None:
        """Ask, and get what was told the first time."""
        guest = self.guests[number]
        told = self.answer(guest.caller, asked)
        assert told == self.before.setdefault((number, str(asked)), told), f"{guest.name}: {asked}"


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
    planter.label(owner, labelled_study(mine), mine, RESTRICTED)
    return Stage(planter, owner, targets, guests(planter, mine), {})


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
            {**opted_out(mine.patient, **{"class": [_KEPT]}), "id": "of-mine"},
            *work(mine),
            *(minimal(kind, own, id="mine") for kind in ("Device", "Binary", "List", "Task", "Basic")),
            *(
                minimal(kind, f"ImagingStudy/{mine.imaging_study}", id="of-study")
                for kind in ("Device", "Contract")
            ),
        ],
        [observation(own, id="moved-here"), observation(other, id=MOVED_AWAY)],
        [{**opted_out(f"closed-{number}"), "id": f"closed-{number}"} for number in range(CLOSED)],
    )


_KEPT = {"system": "http://hl7.org/fhir/resource-types", "code": KEPT}
ONLY_DRAWN = {
    "phases": [Phase.generate],  # what has happened is not undone, so no smaller case is tried
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}


def _check(stage: Stage, hidden: Hidden, data: st.DataObject) -> None:
    """One case: some questions of some from whom something is hidden, that changes, and the same again."""
    blind = [at for at, each in enumerate(stage.guests) if hidden in each.hidden]
    asking = st.tuples(st.sampled_from(blind), st.sampled_from(QUESTIONS))
    asked = data.draw(st.lists(asking, min_size=MOST // 2, max_size=MOST, unique_by=str))
    changes: Sequence[HiddenChange] = data.draw(CHANGES[hidden])
    for guest, each in asked:
        stage.asked(guest, each)
    stage.forget(hidden)
    happen(stage.planter, stage.owner, stage.mine, changes)
    for guest, each in asked:
        stage.asked(guest, each)


@pytest.mark.parametrize("hidden", Hidden)
@settings(max_examples=2, **ONLY_DRAWN)  # type: ignore[arg-type]
@given(data=st.data())
def test_nothing_hidden_changes_an_answer(stage: Stage, hidden: Hidden, data: st.DataObject) -> None:
    _check(stage, hidden, data)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
@settings(max_examples=1_000, **ONLY_DRAWN)  # type: ignore[arg-type]
@given(hidden=st.sampled_from((Hidden.OTHERS, *Hidden)), data=st.data())
def test_in_ten_thousand_cases_nothing_hidden_changes_an_answer(
    stage: Stage, part: int, hidden: Hidden, data: st.DataObject
) -> None:
    _check(stage, hidden, data)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("patient", marks=pytest.mark.slow),
        pytest.param("study", marks=pytest.mark.slow),
        pytest.param("many patients", marks=pytest.mark.slow),
        "launch",
    ],
)
def test_what_is_hidden_takes_the_statements_that_nothing_takes(
    stage: Stage, gateway: Wiring, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The timing class of an answer: what the graph is asked for it, one statement after the other."""
    (guest,) = (each for each in stage.guests if each.name == name)
    texts = noted(gateway.graph, monkeypatch)

    def taken(route: Route, of: str) -> list[str]:
        texts.clear()
        stage.answer(guest.caller, Inquiry(route, of))
        return texts.copy()

    def are_alike(route: Route) -> bool:
        return taken(route, "theirs") == taken(route, "nobody's")

    monkeypatch.setattr(KnownSizes, "SECONDS", -1.0)
    monkeypatch.setattr(gateway.graph, "recalled", lambda _, __, find, ___: find())  # nothing is remembered
    for route in ROUTES:  # more than once, for what is looked at now and then comes with one of them
        assert any(are_alike(route) for _ in range(TRIES)), f"{route} {route.path}"


@pytest.mark.slow
def test_in_the_end_every_question_has_its_first_answer(stage: Stage) -> None:
    for guest, each in product(range(len(stage.guests)), QUESTIONS):
        stage.asked(guest, each)


@settings(max_examples=5, **ONLY_DRAWN)  # type: ignore[arg-type]
@given(changes=CHANGES[Hidden.OTHERS])
def test_nothing_hidden_changes_a_cohort(
    stage: Stage, gateway: Wiring, tmp_path_factory: pytest.TempPathFactory, changes: list[HiddenChange]
) -> None:
    """No role with few grants asks cohort questions now; the rights hold where one will.

    Every form of an answer is asked for, counts by each dimension, and what changed in a saved cohort.
    """
    ask = _cohort(stage, gateway, tmp_path_factory.mktemp("answers"))
    before = ask()

    happen(stage.planter, stage.owner, stage.mine, changes)

    assert before["page"]["counts"]["matched"] == 1
    assert before["difference"]["counts"] == {"entered": 0, "left": 0, "stayed": 1}
    assert ask() == before


_DIMENSIONS = (
    *({"by": each} for each in ("sex", "ageGroup")),
    *({"by": each, "of": "dx"} for each in ("year", "month", "code", "bodySite")),
    {"by": "modality", "of": "scans"},
)


def _cohort(stage: Stage, gateway: Wiring, folder: Path) -> Callable[[], dict[str, Any]]:
    moment, scope = now(), _few_grants(stage)
    whole = WholeAnswers(gateway.cohorts, Scratch(folder, 0), gateway.sites)
    plain = cohort_question(stage.mine)
    question = {**plain, "events": {**plain["events"], "scans": {"kind": "imaging"}}}
    saved = gateway.saved_cohorts.save(scope, {"name": "mine", "question": question}, moment)
    gateway.saved_cohorts.refresh(scope, saved.id, None, moment)
    sides = [ComparedSide.parse(each, "from") for each in ("r1", "v1")]

    def counted(*by: Mapping[str, Any]) -> Any:
        return gateway.cohorts.ask(scope, {**question, "output": {"by": list(by)}}, moment)["by"]

    def written(form: AnswerFormat) -> bytes:
        rows = [{"resource": "Condition", "as": "dx"}, {"resource": "ImagingStudy", "as": "scans"}]
        raw = {**question, "output": {"grain": "study", "rows": rows, "by": [{"by": "sex"}]}}
        asked = WholeQuestion(gateway.cohorts.question(scope, raw, moment), raw, moment)
        if form is AnswerFormat.BUNDLE:
            return b"".join(whole.bundle(scope, asked).file.chunks())
        return b"".join(whole.archive(scope, asked, form).file.chunks())

    words = {"question": "osteosarcoma, asthma or diabetes, on metformin, in patients over 45"}
    return lambda: {
        "words": gateway.plain_words.ask(scope, words, moment),
        "page": gateway.cohorts.ask(scope, question, moment),
        "counts": [counted(each) for each in _DIMENSIONS] + [counted(*_DIMENSIONS[:2])],
        "forms": [written(each) for each in AnswerFormat if each is not AnswerFormat.TABLE],
        "difference": gateway.saved_cohorts.compare(scope, saved.id, *sides, moment),
        "refreshed": gateway.saved_cohorts.refreshed(scope, saved.id, 1, moment),
    }


def _few_grants(stage: Stage) -> AccessScope:
    tenant = stage.planter.tenant
    return AccessScope(
        tenant,
        "someone",
        "teleradiologist",
        "TREAT",
        permissions=frozenset({"cohort.query", "fhir.read"}),
        patients=frozenset({resource_key(tenant, PATIENT, stage.mine.patient)}),
    )
