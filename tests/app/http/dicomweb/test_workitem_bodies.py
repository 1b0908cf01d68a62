"""Whatever is sent to the worklist, the answer is one of the protocol: never a failure of the gateway."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.imaging.worklist.data_sets import name_of
from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.conftest import signing_in
from tests.app.http.dicomweb.working import UpsClient
from tests.factories.workitems import dataset, new_uid, workitem

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


def of(vr: str, value: Any) -> dict[str, Any]:
    return (
        {"vr": vr, "InlineBinary": value} if vr in ("OB", "OW", "OF", "UN") else {"vr": vr, "Value": [value]}
    )


BAD_VALUES = [
    ("00420011", "OB", "@@"),
    ("00420011", "OB", "A"),
    ("00420011", "OB", "QUI=QUI="),
    ("00420011", "OB", 7),
    ("7FE00010", "OW", "QUJD"),  # three bytes
    *(("00280010", "US", each) for each in (-1, 70_000, 1.5, "7", True)),
    *(("00280106", "SS", each) for each in (-40_000, 40_000)),
    ("00081161", "UL", 1 << 32),
    *(("00200013", "IS", each) for each in (1.5, "1.5", 1 << 31, "x")),
    *(("00101030", "DS", each) for each in ("heavy", "1.234567890123456789", "1e999", True)),
    ("00189074", "DT", "20261340"),
    *(("00101010", "AS", each) for each in ("abc", "45Y", "045X")),
    *(("00280009", "AT", each) for each in ("XX", "0018106")),
    *(("0040E010", "UR", each) for each in ("http://a b", "http://a\\b")),
    *(("00080005", "CS", each) for each in ("NOPE", "utf-8")),
    ("00100040", "CS", "m"),
    ("00081032", "SQ", "no item"),
    *(("00100010", "PN", {"Alphabetic": each}) for each in ("A=B", "A^B^C^D^E^F", "x" * 65, 7, "A\nB")),
    ("00100010", "PN", "A=B=C=D"),
    ("00380010", "LO", "two\nlines"),
    ("00080050", "SH", "x" * 17),
    ("00189220", "FD", "1"),
    ("00189089", "FL", 1e300),
]


@pytest.mark.parametrize(("tag", "vr", "value"), BAD_VALUES)
def test_a_value_that_its_vr_has_not_is_refused_by_its_place(
    ups: UpsClient, tag: str, vr: str, value: Any
) -> None:
    answer = ups.send("POST", "", {**workitem(), tag: of(vr, value)})
    assert answer.status_code == 400, value
    assert answer.get_json()["location"][0].startswith(name_of(tag))


GOOD_VALUES = [
    ("00420011", "OB", "QUI=", "QUI="),
    ("00280010", "US", 512.0, 512),
    ("00200013", "IS", "12", "12"),
    ("00101030", "DS", 70.5, 70.5),
    ("00101030", "DS", "70.50", "70.50"),
    ("00101010", "AS", "045Y", "045Y"),
    ("00280009", "AT", "00181063", "00181063"),
    ("0040E010", "UR", "https://a.example/b?c=%20d", "https://a.example/b?c=%20d"),
    ("00080005", "CS", "ISO_IR 192", "ISO_IR 192"),
    ("00100010", "PN", "Yamada^Tarou=山田^太郎", {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎"}),
    ("00400400", "LT", "two\r\nlines", "two\r\nlines"),
]


@pytest.mark.parametrize(("tag", "vr", "value", "kept"), GOOD_VALUES)
def test_a_value_that_its_vr_has_comes_back(ups: UpsClient, tag: str, vr: str, value: Any, kept: Any) -> None:
    answer = ups.send("POST", "", {**workitem(), tag: of(vr, value)})
    assert answer.status_code == 201, answer.text
    assert ups.retrieve(answer.headers["Location"].rpartition("/")[2])[tag] == of(vr, kept)


@pytest.mark.parametrize("progress", [-5, 150, 1e308, "101"])
def test_progress_is_of_a_hundred(ups: UpsClient, progress: Any) -> None:
    uid, transaction = ups.claimed()
    whole, over = (
        dataset(ProcedureStepProgressInformationSequence=({"ProcedureStepProgress": each},))
        for each in (100, progress)
    )

    answer = ups.send("POST", f"/{uid}?{transaction}", over)

    where = "ProcedureStepProgressInformationSequence[0].ProcedureStepProgress"
    assert (answer.status_code, answer.get_json()["location"]) == (400, [where])
    assert ups.send("POST", f"/{uid}?{transaction}", whole).status_code == 200


def test_blanks_are_no_value(ups: UpsClient) -> None:
    uid = ups.create()
    for path, body in (("", workitem(ProcedureStepLabel=" ")), (f"/{uid}", dataset(ProcedureStepLabel=" "))):
        answer = ups.send("POST", path, body)
        assert (answer.status_code, answer.get_json()["location"]) == (400, ["ProcedureStepLabel"])
