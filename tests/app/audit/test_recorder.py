"""Every guarded request leaves one entry that says who did what, and no value of a query."""

import errno
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.admission import AccessFacts, Admission
from app.audit.reading import read_spool
from app.audit.recorder import AuditRecorder, open_recorder
from app.audit.spool import Spool
from app.config import Config
from app.http.kit.guard import requires
from app.http.kit.request_context import current
from app.http.kit.toolkit import install_toolkit
from app.security.keys import audit_key
from graph.errors import Unavailable
from tests.app.http.kit.conftest import authenticate, read_patient, write_patient
from tests.factories.scopes import scope_of

FACTS = AccessFacts(
    request_id="r-1",
    received=1_700_000_000_000_000,
    method="GET",
    route="/fhir/<type>",
    action="E",
    interaction="search",
    entities={"type": "Patient"},
    parameters=("_count", "name", "Kim Chulsoo"),
    query=b"name=Kim+Chulsoo&_count=10",
    address="127.0.0.1",
)


Open = Callable[..., AuditRecorder]


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Open]:
    """Makes recorders, and closes them: the keeper of a spool left open would tell of it in another test."""
    opened: list[AuditRecorder] = []

    def open_one(folder: Path = tmp_path, key: bytes = b"key", **spool: Any) -> AuditRecorder:
        opened.append(AuditRecorder(Spool(folder, **spool), key, "home"))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def recorder(recording: Open) -> AuditRecorder:
    return recording()


def lines(folder: Path, key: bytes = b"") -> list[dict[str, Any]]:
    return list(read_spool(folder, key))


def test_a_reading_access_is_on_record_before_it_happens_and_its_outcome_after(
    recorder: AuditRecorder, tmp_path: Path
) -> None:
    entry = recorder.begin(scope_of("clinician", tenant="t"), FACTS)
    (begun,) = lines(tmp_path)
    entry.concerning("Patient/1", "Patient/2", "Patient/1")
    entry.close(200)
    _, ended = lines(tmp_path)
    assert len(begun["id"]) == 32
    assert len(begun.pop("query")) == 32
    assert ended == {
        "kind": "outcome",
        "id": begun.pop("id"),
        "tenant": "t",
        "status": 200,
        "concerning": ["Patient/1", "Patient/2"],
        "concerned": 2,
    }
    assert begun == {
        "kind": "access",
        "at": 1_700_000_000_000_000,
        "tenant": "t",
        "subject": "a-clinician",
        "role": "clinician",
        "purpose": "TREAT",
        "requestId": "r-1",
        "method": "GET",
        "route": "/fhir/<type>",
        "action": "E",
        "interaction": "search",
        "entities": {"type": "Patient"},
        "parameters": ["_count", "name"],
        "address": "127.0.0.1",
    }


class Disk:
    """Syncs when it is let, and knows how often it was asked."""

    def __init__(self) -> None:
        self.asked, self.let = threading.Event(), threading.Event()

    def sync(self, file: int) -> None:
        self.asked.set()
        assert self.let.wait(10)


def test_the_beginning_is_synced_while_the_access_goes_on_and_waited_for_at_its_end(recording: Open) -> None:
    disk = Disk()
    entry = recording(sync=disk.sync).begin(None, FACTS)
    assert disk.asked.wait(10)  # by nobody who waits
    closing = threading.Thread(target=entry.close, args=(401,))
    closing.start()
    closing.join(0.1)
    assert closing.is_alive()
    disk.let.set()
    closing.join(10)
    assert not closing.is_alive()


def test_an_access_that_says_all_there_is_to_say_waits_for_one_sync(recording: Open, tmp_path: Path) -> None:
    synced: list[int] = []
    scope = replace(scope_of("clinician", tenant="t"), client="viewer", token="t-1")
    entry = recording(sync=synced.append).begin(scope, FACTS)
    entry.concerning(*(f"Patient/{number}" for number in range(1_000)))
    entry.counting(7)
    entry.close(200)

    assert len(synced) == 1
    begun, *rest = lines(tmp_path)
    assert (begun["client"], begun["token"]) == ("viewer", "t-1")
    assert len(rest) == 4


def test_a_beginning_that_did_not_reach_the_disk_lets_nothing_out(recording: Open) -> None:
    def broken(file: int) -> None:
        raise OSError(errno.EIO, "broken")

    entry = recording(sync=broken).begin(None, FACTS)
    with pytest.raises(Unavailable):
        entry.close(200)


@pytest.mark.parametrize("action", ["C", "U", "D"])
def test_a_changing_access_is_on_record_before_it_happens(
    recorder: AuditRecorder, tmp_path: Path, action: str
) -> None:
    entry = recorder.begin(scope_of("clinician", tenant="t"), replace(FACTS, action=action))
    (begun,) = lines(tmp_path)
    assert "status" not in begun
    entry.close(201)
    _, ended = lines(tmp_path)
    assert (ended["kind"], ended["id"], ended["tenant"], ended["status"]) == (
        "outcome",
        begun["id"],
        "t",
        201,
    )


def test_no_value_of_a_query_is_kept(recorder: AuditRecorder, tmp_path: Path) -> None:
    recorder.begin(None, FACTS).close(401)
    recorder.close()
    assert all(b"Kim" not in path.read_bytes() for path in tmp_path.iterdir())


def test_equal_queries_have_equal_digests_under_one_key_only(tmp_path: Path, recording: Open) -> None:
    folders = [tmp_path / each for each in ("a", "b", "c")]
    for folder, key in zip(folders, (b"one", b"one", b"two"), strict=True):
        recording(folder, key).begin(None, FACTS).close(200)
    first, second, third = (lines(folder)[0]["query"] for folder in folders)
    assert first == second != third


def test_a_path_that_is_no_text_is_kept_readable(recorder: AuditRecorder, tmp_path: Path) -> None:
    odd = AccessFacts(
        **{**{name: getattr(FACTS, name) for name in FACTS.__slots__}, "entities": {"id": "\udcff"}}
    )
    recorder.begin(None, odd).close(404)
    assert lines(tmp_path)[0]["entities"] == {"id": "'\\udcff'"}


def test_the_recorder_of_a_configuration_writes_where_it_is_told(tmp_path: Path) -> None:
    config = Config.from_env({"HILUM_HOME": str(tmp_path)})
    recorder = open_recorder(config, tmp_path / "audit", "mine")
    recorder.begin(None, FACTS).close(401)
    recorder.close()
    assert [each["tenant"] for each in lines(tmp_path / "audit", audit_key(tmp_path / "keys"))] == [
        "mine",
        "mine",
    ]


@requires("imaging.read")
def note_whom() -> str:
    entry = current().entry
    assert entry is not None
    entry.concerning("Patient/9")
    return ""


OUTCOMES = [
    ("clinician", "GET", "/fhir/Patient/7?name=Kim", 200, "R"),
    ("clinician", "GET", "/fhir/Patient/missing", 404, "R"),
    ("researcher", "GET", "/fhir/Patient/7", 403, "R"),
    (None, "GET", "/fhir/Patient/7", 401, "R"),
    ("clinician", "PUT", "/fhir/Patient/7", 415, "U"),
    ("clinician", "GET", "/whom", 200, "R"),
]


@pytest.mark.parametrize("case", OUTCOMES, ids=lambda case: f"{case[0]} {case[2]} {case[3]}")
def test_each_guarded_request_leaves_exactly_one_entry(
    tmp_path: Path, recorder: AuditRecorder, case: tuple[str | None, str, str, int, str]
) -> None:
    role, method, path, status, action = case
    app = Flask("audited", static_folder=None)
    app.add_url_rule("/fhir/Patient/<id>", view_func=read_patient, methods=["GET"])
    app.add_url_rule("/fhir/Patient/<id>", view_func=write_patient, methods=["PUT"])
    app.add_url_rule("/whom", view_func=note_whom)
    install_toolkit(app, base_url="http://x", admission=Admission(authenticate, recorder), dialects={})
    headers = {"X-Request-Id": "7" * 32, **({"Authorization": f"Bearer {role}"} if role else {})}
    assert app.test_client().open(path, method=method, headers=headers).status_code == status
    begun, ended = lines(tmp_path)[0], lines(tmp_path)[-1]
    assert {each["id"] for each in lines(tmp_path)} == {begun["id"]}
    assert (begun["requestId"], begun["action"], begun["role"]) == ("7" * 32, action, role or "-")
    assert ended["status"] == status
    assert ended["concerning"] == (["Patient/9"] if path == "/whom" else [])


def test_a_spool_that_cannot_be_written_lets_nothing_out(tmp_path: Path, recording: Open) -> None:
    (tmp_path / "audit").write_text("a file where the folder should be")
    recorder = recording(tmp_path / "audit")
    app = Flask("audited", static_folder=None)
    app.add_url_rule("/fhir/Patient/<id>", view_func=read_patient)
    install_toolkit(app, base_url="http://x", admission=Admission(authenticate, recorder), dialects={})
    answer = app.test_client().get("/fhir/Patient/7", headers={"Authorization": "Bearer clinician"})
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert "a-clinician" not in answer.text
