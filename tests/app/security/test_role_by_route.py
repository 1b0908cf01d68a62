"""Every role on every route: who may, sees the planted row; who may not, cannot tell it from none.

A capability that is missing is 403 whether the row is there or not; a row that is another's is answered as a
row that never was, to the byte; without a token there is 401. What is called is the URL map of the app.
"""

import json
import re
from http import HTTPStatus
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.security.roles import SHIPPED
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.accounts.accounts import Granted
from tests.app.security.planting import Caller, Planter, Target
from tests.app.security.routes import CAPABILITIES, DEEP, Route
from tests.app.security.routes_gateway import PUBLIC, TOKEN
from tests.app.security.routes_record import FHIR
from tests.app.security.routes_table import GUARDED, ROUTES

SUPERUSER = "superuser"
NOBODY = Caller({})
CHALLENGE = "WWW-Authenticate"
SIGN_IN = "http://127.0.0.1:8042/auth/sign-in?next="


@pytest.fixture(scope="module")
def app(gateway: Wiring) -> Flask:
    return web_app(gateway)


@pytest.fixture(scope="module")
def here(app: Flask, gateway: Wiring) -> Planter:
    """The tenant of the rows."""
    return Planter(app, gateway, gateway.sites.own.tenant)


@pytest.fixture(scope="module")
def elsewhere(app: Flask, gateway: Wiring) -> Planter:
    """Another tenant of the same gateway."""
    return Planter(app, gateway, f"t{uuid4().hex[:12]}")


@pytest.fixture(scope="module")
def planted(here: Planter) -> Target:
    """The row that reads reach for."""
    return here.plant()


@pytest.fixture
def target(here: Planter, planted: Target, route: Route) -> Target:
    """A row that is there: the common one, or one for a call that changes it, or restores it."""
    made = here.plant() if route.changes else planted
    here.prepare(made, route.before)
    if route.deleted:
        here.delete(made)
    return made


@pytest.fixture(scope="module")
def others(here: Planter) -> Target:
    """A row that nobody is granted."""
    return here.plant()


TRIES = 3  # what is planned for the first time on a busy machine may run out of a request's time


def call(planter: Planter, route: Route, caller: Caller, target: Target, method: str = "") -> TestResponse:
    path = route.at(target)
    body = route.body(target) if route.body else None
    headers = {**route.headers, **caller.headers}
    for _ in range(TRIES):
        answer = planter.client.open(
            path, method=method or route.method, data=body, headers=headers, buffered=True
        )
        if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            break
    return answer


def stores(route: Route) -> bool:
    """Whether the call brings the picture itself, wherever it is sent."""
    return "/dicom-web/studies" in route.path and route.method in ("POST", "PUT") and route.body is not None


def state(planter: Planter, route: Route, target: Target) -> object:
    """What a call may have changed of the row; nobody asks after one that reads."""
    if route.method == "GET":
        return None
    return planter.version_of(target), planter.instances(target)


def sees(route: Route, answer: TestResponse, target: Target) -> bool:
    """Whether the answer is the allowed one, with the row in it."""
    shown = route.shows is None or route.shows(target) in answer.data
    return answer.status_code == route.status and shown


_PASSING = re.compile(
    rb"\d{4}-\d\d-\d\dT[\d:.]+Z?|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32,64}"
)


def as_of_anything(answer: TestResponse, target: Target) -> tuple[int, str, bytes]:
    """The answer without the names that were asked for, ids that it made up and the time of day."""
    body = answer.data
    for name in target.names:
        body = body.replace(name.encode(), b"*") if name else body
    return answer.status_code, answer.content_type, _PASSING.sub(b"*", body)


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    methods = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert methods == {route.rule for route in ROUTES}


def test_the_roles_are_those_of_the_table() -> None:
    assert set(CAPABILITIES) == set(SHIPPED)


MAY = [(role, route) for role in DEEP for route in GUARDED if route.admits(role)]
MAY_NOT = [(role, route) for role in DEEP for route in GUARDED if not route.admits(role)]


def named(value: object) -> str:
    return str(value)


@pytest.mark.parametrize(("role", "route"), MAY, ids=named)
def test_who_may_sees_the_row(here: Planter, target: Target, role: str, route: Route) -> None:
    if stores(route):
        target = here.absent()
    caller = (
        here.guest(role, Granted(patient=target.patient)) if role == "teleradiologist" else here.caller(role)
    )

    answer = call(here, route, caller, target)

    if role in route.hidden_from:
        assert answer.status_code == route.status
        assert not [name for name in target.names if name.encode() in answer.data]
    else:
        assert sees(route, answer, target), (answer.status_code, answer.data[:500])


@pytest.mark.parametrize(("role", "route"), MAY_NOT, ids=named)
def test_who_may_not_is_refused_whether_the_row_is_there_or_not(
    here: Planter, planted: Target, role: str, route: Route
) -> None:
    before = state(here, route, planted)
    caller, absent = here.caller(role), here.absent()

    answer, of_nothing = (call(here, route, caller, each) for each in (planted, absent))

    assert answer.status_code == 403
    assert as_of_anything(answer, planted) == as_of_anything(of_nothing, absent)
    assert state(here, route, planted) == before
    if route.method == "GET":
        assert call(here, route, caller, planted, "HEAD").status_code == 403


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_without_a_token_and_with_a_false_one_there_is_401(
    here: Planter, planted: Target, route: Route
) -> None:
    forged = Caller({"Authorization": here.caller(SUPERUSER).headers["Authorization"][:-4] + "AAAA"})
    for caller in (NOBODY, forged):
        answer = call(here, route, caller, planted)

        if route.page:
            assert (answer.status_code, answer.headers["Location"].startswith(SIGN_IN)) == (303, True)
            continue
        assert answer.status_code == 401
        assert answer.headers[CHALLENGE].startswith("Bearer")
        assert not [name for name in planted.names if name.encode() in answer.data]
    assert route.method == "GET" or here.instances(planted) == 1


GRANTABLE = [route for route in GUARDED if route.admits("teleradiologist")]


@pytest.mark.parametrize("route", GRANTABLE, ids=named)
def test_a_row_that_was_not_granted_is_answered_as_one_that_never_was(
    here: Planter, target: Target, route: Route
) -> None:
    before, absent, stranger = state(here, route, target), here.absent(), here.caller("teleradiologist")

    answer = call(here, route, stranger, target)

    assert as_of_anything(answer, target) == as_of_anything(call(here, route, stranger, absent), absent)
    assert state(here, route, target) == before
    assert route.shows is None or route.shows(target) not in answer.data


@pytest.mark.parametrize("kind", ["patient", "study"])
@pytest.mark.parametrize("route", GRANTABLE, ids=named)
def test_a_grant_opens_what_it_names_and_nothing_else(
    here: Planter, target: Target, others: Target, route: Route, kind: str
) -> None:
    granted = Granted(patient=target.patient) if kind == "patient" else Granted(study=target.study)
    opens = route.by_patient if kind == "patient" else route.by_study
    guest = here.guest("teleradiologist", granted)

    hidden = call(here, route, guest, others)
    answer = call(here, route, guest, target)

    assert route.shows is None or route.shows(others) not in hidden.data
    assert route.method == "GET" or here.version_of(others)["versionId"] == "1"
    if route.shows or opens:
        assert sees(route, answer, target) is opens, (answer.status_code, answer.data[:500])


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_another_tenant_is_answered_as_if_nothing_were_there(
    here: Planter, elsewhere: Planter, target: Target, route: Route
) -> None:
    before, absent, foreigner = state(here, route, target), here.absent(), elsewhere.caller(SUPERUSER)

    answer = call(elsewhere, route, foreigner, target)
    of_nothing = call(elsewhere, route, foreigner, absent)

    if route not in LISTS:  # these grow by what the call before has made in that tenant
        assert as_of_anything(answer, target) == as_of_anything(of_nothing, absent)
        shown = route.shows is not None and route.shows(target) in answer.data
        assert not shown or (route.method == "POST" and not route.deleted) or stores(route)
    assert state(here, route, target) == before


FEEDS = ("/dicom-web/changefeed", "/operations?")
LISTS = tuple(route for route in GUARDED if "/_history?" in route.path or route.path.startswith(FEEDS))


@pytest.mark.parametrize("route", LISTS, ids=named)
def test_a_list_of_everything_ends_at_the_tenant(here: Planter, elsewhere: Planter, route: Route) -> None:
    target, own = here.plant(), elsewhere.plant()

    answer = call(elsewhere, route, elsewhere.caller(SUPERUSER), target)

    assert sees(route, answer, own)
    assert target.mark.encode() not in answer.data


@pytest.mark.parametrize("route", PUBLIC, ids=named)
def test_what_is_public_needs_no_token_and_names_nobody(here: Planter, planted: Target, route: Route) -> None:
    answer = call(here, route, NOBODY, planted)

    assert answer.status_code in (200, 503) if route.path == "/health/ready" else answer.status_code == 200
    assert not [name for name in planted.names if name.encode() in answer.data]


def test_a_token_is_given_for_a_secret_and_for_nothing_else(here: Planter, planted: Target) -> None:
    here.service_account("archive", "open sesame")
    form = {"grant_type": "client_credentials", "client_id": "archive"}

    right = here.client.post(TOKEN.path, data={**form, "client_secret": "open sesame"})
    wrong = here.client.post(TOKEN.path, data={**form, "client_secret": "open"})
    missing = here.client.post(TOKEN.path, data=form)

    assert (right.status_code, wrong.status_code, missing.status_code) == (200, 401, 401)
    bearer = Caller({"Authorization": f"Bearer {json.loads(right.data)['access_token']}"})
    search = next(route for route in FHIR if route.rule == "GET /fhir/<type:kind>")
    assert sees(search, call(here, search, bearer, planted), planted)
