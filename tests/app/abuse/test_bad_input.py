"""Bad input, each with its clear error in the words of its API, and nothing else suffers."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from app.security.scopes import system_scope
from tests.app.abuse.conftest import CANARY
from tests.app.serving import ServedGateway
from tests.factories.dicom import ct_instance, uid
from tests.factories.elements import (
    DEFLATED,
    element,
    file_of,
    head,
    identity,
    item,
    open_item,
    open_sequence,
    text,
)
from tests.factories.fhir import patient

MEGABYTE = 1 << 20
VALIDATION = 43264
FHIR, JSON, PROBLEM, DICOM_JSON = (
    "application/fhir+json",
    "application/json",
    "application/problem+json",
    "application/dicom+json",
)
DICOM = "application/dicom"
RELATED = 'multipart/related; type="application/dicom"; boundary=part'
STOW, QIDO, PATIENT, COHORTS = "/dicom-web/studies", "/dicom-web/studies", "/fhir/Patient", "/cohorts/query"

Body = Callable[[], Any]
NAME = text(0x00100010, "PN", f"{CANARY}^Anna")


def part(raw: bytes) -> bytes:
    return b"--part\r\nContent-Type: application/dicom\r\n\r\n" + raw + b"\r\n"


def nested(levels: int) -> bytes:
    raw = b""
    for _ in range(levels):
        raw = open_sequence(0x00081140, open_item(raw))
    return raw


def bomb(size: int = 1 << 30) -> bytes:
    """A megabyte that inflates to a gigabyte."""
    stream = zlib.compressobj(9, wbits=-15)
    raw = stream.compress(b"".join(identity()) + NAME + element(0x7FE00010, "OW", b"", size))
    raw += stream.flush(zlib.Z_FULL_FLUSH)
    megabyte = stream.compress(bytes(MEGABYTE)) + stream.flush(zlib.Z_FULL_FLUSH)
    return head(DEFLATED) + raw + megabyte * (size // MEGABYTE) + stream.flush()


def hostile_uid(value: bytes) -> bytes:
    return file_of(NAME, study_uid=text(0x0020000D, "UI", value))


def canary_file(**elements: Any) -> bytes:
    return ct_instance(patient_id="CANARY", PatientName=f"{CANARY}^Anna", **elements)


def deep_json(levels: int) -> bytes:
    return b'{"resourceType":"Patient","extension":' + b"[" * levels + b"]" * levels + b"}"


def canary_json(**elements: Any) -> bytes:
    return json.dumps(patient(name=[{"family": CANARY}], **elements)).encode()


@dataclass(frozen=True)
class Abuse:
    """A request, and the answer that it gets."""

    name: str
    method: str
    path: str
    status: int | tuple[int, ...]
    dialect: str
    body: Body | None = None
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    reason: int | None = None


def stow(name: str, body: Body, status: int = 409, *, content_type: str = DICOM, **more: Any) -> Abuse:
    more = (
        {"dialect": DICOM_JSON, "reason": VALIDATION, **more}
        if status == 409
        else {"dialect": PROBLEM, **more}
    )
    return Abuse(name, "POST", STOW, status, body=body, content_type=content_type, **more)


def get(path: str, dialect: str, status: int = 400, **more: Any) -> Abuse:
    return Abuse(path, "GET", path, status, dialect, **more)


def fhir(name: str, body: Body, status: int = 400, content_type: str = FHIR, **more: Any) -> Abuse:
    return Abuse(name, "POST", PATIENT, status, FHIR, body, content_type, **more)


def cohort(name: str, body: Body, status: int = 400, **more: Any) -> Abuse:
    return Abuse(name, "POST", COHORTS, status, PROBLEM, body, JSON, **more)


GZIP = {"Content-Encoding": "gzip"}
ABUSES = (
    stow("an empty body", lambda: b"", 400),
    stow("an empty part", lambda: part(b"") + b"--part--", content_type=RELATED),
    stow("a file cut in the middle", lambda: canary_file(rows=64)[:-3000]),
    stow("a file cut in its header", lambda: canary_file()[:700]),
    stow("a UID with ../", lambda: hostile_uid(b"1.2/../../etc/passwd")),
    stow("a UID with a NUL", lambda: hostile_uid(b"1.2\0.3")),
    stow("a UID of 65 digits", lambda: hostile_uid(b"1." + b"2" * 63)),
    stow("300 levels of sequences", lambda: file_of(NAME, nested(300))),
    stow("half a million items", lambda: file_of(NAME, element(0x00081140, "SQ", item() * 500_000))),
    stow("a deflate bomb", bomb),
    stow("no DICOM at all", lambda: f"{CANARY} " * 100),
    stow("no boundary", lambda: part(canary_file()), 400, content_type="multipart/related"),
    stow("a body that is not closed", lambda: part(canary_file()), 400, content_type=RELATED),
    stow("100,000 tiny parts", lambda: part(b"x") * 100_000 + b"--part--", 413, content_type=RELATED),
    stow("a long part header", lambda: b"--part\r\nX: " + b"x" * MEGABYTE, 400, content_type=RELATED),
    stow(
        "nested multipart",
        lambda: b"--part\r\nContent-Type: multipart/related\r\n\r\n\r\n--part--",
        415,
        content_type=RELATED,
    ),
    stow("no gzip", canary_file, 400, headers=GZIP),
    stow("gzip that is cut", lambda: gzip.compress(canary_file())[:-30], 400, headers=GZIP),
    stow("gzip of no DICOM", lambda: gzip.compress(bytes(64 << 20)), headers=GZIP),
    stow("another coding", canary_file, 415, headers={"Content-Encoding": "br"}),
    stow("another media type", lambda: b"{}", 415, content_type=JSON),
    Abuse("another study", "POST", f"{STOW}/1.2.3", 409, DICOM_JSON, canary_file, DICOM, reason=43265),
    Abuse("a UID in the path", "POST", f"{STOW}/..%2f..%2fetc", (400, 404), PROBLEM, canary_file, DICOM),
    get(f"{QIDO}?limit=-1", PROBLEM),
    get(f"{QIDO}?limit=1e9", PROBLEM),
    get(f"{QIDO}?offset=9999999999999999999x", PROBLEM),
    get(f"{QIDO}?StudyInstanceUID={CANARY}", PROBLEM),
    get(f"{QIDO}?StudyDate=20260101-20250101-", PROBLEM),
    get("/dicom-web/studies/1.2.x", PROBLEM),
    get("/dicom-web/studies/1.2/series/1.3/instances/1.4/frames/0", PROBLEM),
    get("/dicom-web/changefeed?limit=-1", PROBLEM),
    get("/dicom-web/changefeed?offset=-1", PROBLEM),
    get("/dicom-web/nothing", PROBLEM, 404),
    get(f"{PATIENT}?_count=-1", FHIR),
    get(f"{PATIENT}?colour={CANARY}", FHIR, headers={"Prefer": "handling=strict"}),
    get(f"{PATIENT}?name:regex={CANARY}", FHIR),
    get(f"{PATIENT}?birthdate=99999999", FHIR),
    get(f"{PATIENT}?_sort=`%7D", FHIR),
    get("/fhir/Colour", FHIR, 404),
    fhir("broken JSON", lambda: b'{"resourceType":"Patient",'),
    fhir("no JSON at all", CANARY.encode),
    fhir("a name twice", lambda: b'{"resourceType":"Patient","gender":"male","gender":"male"}'),
    fhir("NaN", lambda: b'{"resourceType":"Patient","multipleBirthInteger":NaN}'),
    fhir("100,000 levels", lambda: deep_json(100_000)),
    fhir("5,000 digits", lambda: b'{"resourceType":"Patient","multipleBirthInteger":' + b"1" * 5_000 + b"}"),
    fhir("a lone surrogate", lambda: b'{"resourceType":"Patient","language":"\\ud800"}'),
    fhir("UTF-16", lambda: canary_json().decode().encode("utf-16")),
    fhir("another type", lambda: canary_json(resourceType="Group")),
    fhir("gzip of nothing", lambda: gzip.compress(b""), 400, headers=GZIP),
    fhir("gzip that is none", canary_json, 400, headers=GZIP),
    fhir("Turtle", lambda: b"<Patient/>", 415, "text/turtle"),
    fhir("XML of no namespace", lambda: b"<Patient/>", 400, "application/fhir+xml"),
    fhir("100 MB", lambda: b'{"resourceType":"Patient","x":"' + b"x" * 100 * MEGABYTE + b'"}', 413),
    cohort("broken JSON", lambda: b'{"version":'),
    cohort("100,000 levels", lambda: deep_json(100_000)),
    cohort("100 MB", lambda: b'"' + b"x" * 100 * MEGABYTE + b'"', 413),
    cohort("gzip", lambda: gzip.compress(b"{}"), 415, headers=GZIP),
    Abuse("TRACE", "TRACE", PATIENT, 405, FHIR),
    Abuse("an unknown method", "BREW", QIDO, 405, PROBLEM),
    get("/fhir/Patient/%00", FHIR, 404),
    get("/%c0%ae%c0%ae/etc/passwd", PROBLEM, 404),
)


@pytest.fixture(scope="module")
def client(served: ServedGateway) -> Iterator[requests.Session]:
    with served.session() as session:
        yield session


def sent(client: requests.Session, served: ServedGateway, abuse: Abuse, **more: Any) -> requests.Response:
    request = requests.Request(abuse.method, served.base + abuse.path, headers=abuse.headers)
    if abuse.body:
        request.data = abuse.body()
        request.headers = {**abuse.headers, "Content-Type": abuse.content_type}
    prepared = client.prepare_request(request)
    prepared.url = served.base + abuse.path  # as it stands here, not tidied up
    return client.send(prepared, timeout=60, **more)


SECRETS = (CANARY, "Traceback", 'File "', ".py", "/home", "/tmp", "neo4j", "Neo4j", "bolt:", "MATCH (")


@pytest.mark.parametrize("abuse", ABUSES, ids=lambda abuse: abuse.name)
def test_bad_input_gets_its_clear_error(
    client: requests.Session, served: ServedGateway, abuse: Abuse
) -> None:
    answer = sent(client, served, abuse)

    allowed = abuse.status if isinstance(abuse.status, tuple) else (abuse.status,)
    assert answer.status_code in allowed, answer.text[:500]
    assert answer.headers["Content-Type"].split(";")[0] == abuse.dialect, answer.text[:500]
    assert not [secret for secret in SECRETS if secret in answer.text], answer.text[:500]
    assert says_what_is_wrong(answer.json(), abuse), answer.text[:500]


def says_what_is_wrong(told: Any, abuse: Abuse) -> bool:
    """Whether a reader, or the client's program, can tell from the answer what to mend."""
    if abuse.reason is not None:
        reasons = {each["00081197"]["Value"][0] for each in told["00081198"]["Value"]}
        return reasons == {abuse.reason} and "00081199" not in told
    if abuse.dialect == FHIR:
        return all(each["severity"] and each["code"] and each["diagnostics"] for each in told["issue"])
    return 400 <= told["status"] < 500 and bool(told["detail"] or told["title"])


@pytest.mark.parametrize("path", [PATIENT, COHORTS])
def test_a_body_of_100_mb_is_refused_before_it_is_sent(served: ServedGateway, path: str) -> None:
    kind = FHIR if path == PATIENT else JSON
    with closing(served.connection()) as connection:
        connection.putrequest("POST", path)
        connection.putheader("Authorization", f"Bearer {served.tokens['superuser']}")
        connection.putheader("Content-Type", kind)
        connection.putheader("Content-Length", str(100 * MEGABYTE))
        connection.endheaders()

        assert connection.getresponse().status == 413


@pytest.mark.parametrize("name", ["a deflate bomb", "100 MB", "100,000 tiny parts", "half a million items"])
def test_memory_stays_flat(client: requests.Session, served: ServedGateway, name: str) -> None:
    before = served.resident
    for abuse in [each for each in ABUSES if each.name == name] * 3:
        sent(client, served, abuse)
    assert served.resident - before < 64 * MEGABYTE


def test_a_chunked_body_of_100_mb_is_refused_at_the_limit(
    client: requests.Session, served: ServedGateway
) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'"'
        for _ in range(100):
            yield bytes(MEGABYTE)

    answer = client.post(served.base + COHORTS, data=chunks(), headers={"Content-Type": JSON}, timeout=60)

    assert answer.status_code == 413


def test_a_chunked_upload_is_stored(client: requests.Session, served: ServedGateway) -> None:
    raw = canary_file(study_uid=uid("chunked"))
    chunks = (raw[start : start + 100] for start in range(0, len(raw), 100))

    answer = client.post(served.base + STOW, data=chunks, headers={"Content-Type": DICOM}, timeout=60)

    assert answer.status_code == 200, answer.text


def test_bad_parts_do_not_harm_the_good_one_between_them(
    client: requests.Session, served: ServedGateway
) -> None:
    study = uid("between")
    parts = (hostile_uid(b"../x"), canary_file(study_uid=study), file_of(NAME, nested(300)))
    body = b"".join(map(part, parts)) + b"--part--"

    answer = client.post(served.base + STOW, data=body, headers={"Content-Type": RELATED}, timeout=60)

    assert answer.status_code == 202
    assert len(answer.json()["00081198"]["Value"]) == 2
    found = client.get(f"{served.base}{QIDO}/{study}/instances").json()
    assert len(found) == 1


def test_hostile_text_is_stored_as_it_is_and_harms_nobody(
    client: requests.Session, served: ServedGateway
) -> None:
    hostile = "'`}) DETACH DELETE n //"
    raw = canary_file(study_uid=uid("hostile"), PatientID=hostile, StudyDescription="<img onerror=x>")
    raw = b"MZ" + raw[2:]
    sop = uid("instance", uid("series", uid("hostile"), "CT"), 1, "")

    assert client.post(served.base + STOW, data=raw, headers={"Content-Type": DICOM}).status_code == 200
    found = client.get(served.base + QIDO, params={"PatientID": hostile}).json()
    assert [each["00100020"]["Value"] for each in found] == [[hostile]]
    path = f"{QIDO}/{uid('hostile')}/series/{uid('series', uid('hostile'), 'CT')}/instances/{sop}"
    back = client.get(served.base + path, headers={"Accept": DICOM})
    assert back.content == bytes(128) + raw[128:]
    assert back.headers["X-Content-Type-Options"] == "nosniff"


def test_no_part_of_this_left_anything_behind(client: requests.Session, served: ServedGateway) -> None:
    feed = client.get(f"{served.base}/dicom-web/changefeed?limit=200&includeMetadata=false").json()

    assert [each["sequence"] for each in feed] == list(range(1, len(feed) + 1))
    services = served.services
    owned = {blob for blob, _ in services.removals.owned(system_scope(served.config.tenant))}
    assert {blob.blob_id for blob in services.blobs.walk()} == owned
