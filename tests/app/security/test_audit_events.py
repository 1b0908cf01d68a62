"""Every route leaves an AuditEvent that keeps the profiles of IHE BALP, whether it lets somebody in or not.

What is called is the table of routes; the events are read as who reads the audit is given them.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest

from app.audit.asking import AuditWindow
from app.audit.patterns import OWN_PROFILE, PROFILES, TOKEN_PROFILE
from app.security.scopes import system_scope
from app.wiring import Wiring
from fhir_profiles.conformance.checking import errors_of
from graph.clock import now
from graph.scope import AccessScope
from tests.app.security.planting import Caller, Planter, Target
from tests.app.security.routes import Route
from tests.app.security.routes_gateway import SIGN_IN
from tests.app.security.routes_table import GUARDED

AUDITED = (
    *GUARDED,
    *(each for each in SIGN_IN if str(each) != "GET /auth/sign-in"),
)  # a page like the others
NOBODY = Caller({})
OF_PAGES = {str(route) for route in AUDITED if route.page}
Event = Mapping[str, Any]
Told = Mapping[tuple[str, str], tuple[Event, int]]


def called(planter: Planter, route: Route, caller: Caller, target: Target) -> tuple[str, int]:
    """The id of a request, and its status."""
    path = route.at(target)
    body = route.body(target) if route.body else None
    request = uuid4().hex
    headers = {**route.headers, **caller.headers, "X-Request-Id": request}
    answer = planter.client.open(path, method=route.method, data=body, headers=headers, buffered=True)
    return request, answer.status_code


def moved(gateway: Wiring) -> dict[str, Event]:
    """Every event that was noted, by the id of its request."""
    gateway.recorder.close()
    gateway.audit_mover.move()
    scope = system_scope(gateway.sites.own.tenant)
    return {request_of(each): each for each in all_events(gateway, scope)}


def all_events(gateway: Wiring, scope: AccessScope) -> list[Event]:
    found: list[Event] = []
    after = None
    while True:
        page = gateway.audit_reader.page(scope, AuditWindow(limit=1_000, after=after))
        found += page.events
        after = page.after
        if after is None:
            return found


def request_of(event: Event) -> str:
    named = [entity["what"]["identifier"]["value"] for entity in event["entity"] if is_request(entity)]
    told = [
        each["valueString"]
        for entity in event["entity"]
        for each in entity.get("detail", ())
        if each["type"] == "XrequestId"
    ]
    return str((*named, *told)[0])


def is_request(entity: Event) -> bool:
    return bool(entity["type"]["code"] == "XrequestId")


@pytest.fixture(scope="module")
def told(gateway: Wiring, planter: Planter) -> Told:
    """The event and the status of each route: called by who may do everything, by an auditor, by nobody."""
    planted = planter.plant()
    callers = {
        "superuser": planter.caller("superuser"),
        "auditor": planter.caller("auditor"),
        "nobody": NOBODY,
    }
    asked = {}
    for route in AUDITED:
        target = planter.plant() if route.changes else planted
        planter.prepare(target, route.before)
        if route.deleted:
            planter.delete(target)
        for role in ("nobody", "auditor", "superuser"):
            asked[str(route), role] = called(planter, route, callers[role], target)
    events = moved(gateway)
    return {name: (events[request], status) for name, (request, status) in asked.items()}


def test_all_of_them_leave_one(told: Told) -> None:
    assert len(told) == 3 * len({str(route) for route in AUDITED})


@pytest.mark.parametrize("role", ["superuser", "auditor", "nobody"])
def test_they_keep_the_profiles_that_they_claim(told: Told, role: str) -> None:
    asked = {name: found for (name, by), found in told.items() if by == role}

    assert {name: errors_of(event) for name, (event, _) in asked.items() if errors_of(event)} == {}
    for name, (event, status) in asked.items():
        assert event["meta"]["profile"][0] == OWN_PROFILE
        led_to_sign_in = role == "nobody" and name in OF_PAGES
        assert event["outcome"] == (
            "0" if status < 400 and not led_to_sign_in else "4" if status < 500 else "8"
        )
        if status >= 400 or led_to_sign_in:
            assert event["meta"]["profile"] == [OWN_PROFILE]


def test_they_name_the_account_the_app_and_the_token(told: Told) -> None:
    for route in GUARDED:
        if route.page:  # asked with a cookie: there is no token to name
            continue
        event, status = told[str(route), "superuser"]
        (user,) = [agent for agent in event["agent"] if agent["requestor"]]
        apps = [agent["name"] for agent in event["agent"] if coded(agent) == "110150"]

        assert user["role"][0]["coding"][0]["code"] == "superuser"
        assert user["policy"][0].startswith("urn:ietf:params:oauth:jti:")
        assert apps == [user["name"]]  # who asked for a token itself is its own app
        assert (TOKEN_PROFILE in event["meta"]["profile"]) is (status < 400)


def test_an_app_is_named_beside_whose_token_it_shows(gateway: Wiring, planter: Planter) -> None:
    issued = gateway.issuer.issue(
        named := f"kim-{uuid4().hex}", planter.tenant, now=now() // 1_000_000, token_id="t 1", client="viewer"
    )
    gateway.accounts.add(planter.scope, named, "clinician", None, now())
    caller = Caller({"Authorization": f"Bearer {issued}"})
    route = next(each for each in GUARDED if each.path == "/fhir/Condition/{condition}")
    request, status = called(planter, route, caller, planter.plant())

    event = moved(gateway)[request]

    assert status == 200
    assert [(coded(agent), agent["name"]) for agent in event["agent"][:3]] == [
        ("IRCP", named),
        ("110152", "viewer"),
        ("110150", "viewer"),
    ]
    assert event["agent"][0]["policy"] == ["urn:ietf:params:oauth:jti:t%201"]


def coded(agent: Event) -> str:
    return str(agent["type"]["coding"][0]["code"])


CLAIMED = {
    "read": "Read",
    "vread": "Read",
    "search": "Query",
    "search-type": "Query",
    "search-system": "Query",
    "create": "Create",
    "update": "Update",
    "patch": "Update",
    "delete": "Delete",
}
"""The pattern of the guide by the name that FHIR has for an interaction."""


def test_what_succeeds_claims_the_pattern_of_the_guide(told: Told) -> None:
    for route in GUARDED:
        event, status = told[str(route), "superuser"]
        restful = next(each["code"] for each in event["subtype"] if each["system"].endswith("interaction"))
        patterns = [each for each in event["meta"]["profile"][1:] if each != TOKEN_PROFILE]
        wanted = CLAIMED.get(restful) if status < 400 and not route.page else None
        patients = [entity for entity in event["entity"] if entity.get("role", {}).get("code") == "1"]
        of_one = "Patient" if len(patients) == 1 else ""

        assert patterns == ([f"{PROFILES}/IHE.BasicAudit.{of_one}{wanted}"] if wanted else []), str(route)
        if wanted == "Query":
            assert event["action"] == "E"


def test_each_pattern_is_claimed_by_some_route(told: Told) -> None:
    claimed = {each.rpartition(".")[2] for event, _ in told.values() for each in event["meta"]["profile"][1:]}
    of_patients = {f"Patient{each}" for each in CLAIMED.values()}

    assert claimed >= of_patients | {"Comprehensive"}


SPOILT = {
    "no user is said to have asked": lambda event: event["agent"].pop(0),
    "the outcome is another": lambda event: event.update(outcome="8"),
    "the action is another": lambda event: event.update(action="C"),
    "no address is told": lambda event: event["agent"][1].pop("network"),
    "the client is of another type": lambda event: event["agent"][1].update(type=event["agent"][0]["type"]),
    "a person has an address": lambda event: event["agent"][0].update(network={"address": "x", "type": "2"}),
    "the patient is left out": lambda event: event["entity"].pop(),
    "the request is left out": lambda event: event["entity"].pop(0),
    "what was read is left out": lambda event: event["entity"].pop(1),
    "it is no reading": lambda event: event["subtype"].pop(0),
}


@pytest.mark.parametrize("name", SPOILT)
def test_the_check_finds_what_is_missing(told: Told, name: str) -> None:
    read = next(route for route in GUARDED if route.path == "/fhir/Condition/{condition}")
    event: Any = deepcopy(told[str(read), "superuser"][0])
    SPOILT[name](event)

    assert errors_of(event) != ()
