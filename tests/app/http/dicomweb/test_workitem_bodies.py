"""Whatever is sent to the worklist, the answer is one of the protocol: never a failure of the gateway."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.conftest import signing_in
from tests.app.http.dicomweb.working import UpsClient
from tests.factories.workitems import new_uid, workitem

TAGS = st.sampled_from(sorted(workitem())) | st.from_regex(r"[0-9A-Fa-f]{8}", fullmatch=True) | st.text()
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
JSON_VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
VRS = st.sampled_from(["CS", "DT", "DA", "TM", "SQ", "PN", "UI", "LO", "IS", "DS", "US", "OB", "UN", "AT"])
ITEMS = st.recursive(
    st.dictionaries(TAGS, st.fixed_dictionaries({"vr": VRS}), max_size=2),
    lambda inner: st.dictionaries(
        TAGS,
        st.fixed_dictionaries({"vr": VRS, "Value": st.lists(inner | SCALARS, max_size=2)}),
        max_size=3,
    ),
    max_leaves=6,
)
ELEMENTS = (
    st.fixed_dictionaries({"vr": VRS | st.text(), "Value": JSON_VALUES})
    | st.fixed_dictionaries({"vr": VRS, "Value": st.lists(ITEMS, max_size=2)})
    | JSON_VALUES
)
CHANGES = st.dictionaries(TAGS, ELEMENTS, max_size=4)
FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def ups(gateway: Wiring) -> Iterator[UpsClient]:
    yield UpsClient(web_app(gateway).test_client(), signing_in(gateway)("superuser"))


def accepted(ups: UpsClient, method: str, path: str, body: Any) -> None:
    answer = ups.send(method, path, [body])
    assert answer.status_code < 500, (body, answer.text)
    if answer.status_code == 201:
        found = answer.headers["Location"].rpartition("/")[2]
        assert ups.send("GET", f"/{found}").status_code == 200
        assert ups.send("GET", "", SOPInstanceUID=found, includefield="all").status_code == 200


@FEW
@given(body=JSON_VALUES)
def test_any_json_in_place_of_a_workitem(ups: UpsClient, body: Any) -> None:
    accepted(ups, "POST", "", body)


@FEW
@given(changes=CHANGES)
def test_any_elements_in_a_workitem(ups: UpsClient, changes: dict[str, Any]) -> None:
    accepted(ups, "POST", "", {**workitem(), **changes})


@FEW
@given(changes=CHANGES)
def test_any_elements_in_an_update_a_change_of_state_and_a_request(
    ups: UpsClient, changes: dict[str, Any]
) -> None:
    uid = ups.create(new_uid())
    accepted(ups, "POST", f"/{uid}", changes)
    accepted(ups, "PUT", f"/{uid}/state", changes)
    accepted(ups, "POST", f"/{uid}/cancelrequest", changes)
    assert ups.send("GET", f"/{uid}").status_code == 200


@FEW
@given(name=TAGS | st.sampled_from(["PatientName", "00404005", "limit", "offset"]), value=st.text())
def test_any_query(ups: UpsClient, name: str, value: str) -> None:
    try:
        f"{name}{value}".encode()
    except UnicodeEncodeError:
        return  # no address could hold it
    for fuzzy in ("true", "false"):
        assert ups.send("GET", "", **{name: value, "fuzzymatching": fuzzy}).status_code < 500
