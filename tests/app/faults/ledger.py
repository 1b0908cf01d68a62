"""Eight clients that store while things die, and the ledger of what they were told.

    with storing(ledger, "web", seed=1):
        assert grown(ledger, 20)
        ...                             # something dies
    ledger.settle()
    ledger.prove()

A client counts a picture as acknowledged when the answer lists it as stored, as it does on a retry of what is
there. What it was not told of may be there or not, but whole.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from threading import Event, Lock, Thread
from typing import Any

import requests
from pydicom import dcmread
from requests.adapters import HTTPAdapter

from graph.local.process import wait_until
from tests.factories.dicom import ct_instance, uid

CLIENTS = 8
REST = 0.05  # seconds between two stores of a client that is one of many things at once
PREAMBLE = 128
_STORED, _SOP = "00081199", "00081155"
_SECONDS = 60.0
_AT_ONCE = 50
_FILES = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}


@dataclass(frozen=True)
class Picture:
    """One instance as it was sent."""

    study: str
    sop: str
    raw: bytes


@dataclass
class Ledger:
    """What was sent and what was acknowledged, by SOP Instance UID.

    Before each batch a client rests for `pause` seconds: all that was stored is proven at the end.
    """

    base: str
    token: str
    pause: float = 0.0
    sent: dict[str, Picture] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)
    silences: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def store_until(self, stop: Event, name: str, seed: int) -> None:
        """Let eight clients store until `stop` is set; every client ends with a retry of what is open."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            for done in [
                pool.submit(self._client, stop, f"{name}-{each}", seed + each) for each in range(CLIENTS)
            ]:
                done.result()

    def settle(self) -> None:
        """Send again what nobody answered for: now it must be acknowledged."""
        with self.session() as client:
            left = [each for each in self.sent.values() if each.sop not in self.acknowledged]
            for start in range(0, len(left), _AT_ONCE):
                assert self._send(client, left[start : start + _AT_ONCE]), self.silences[-1]
        assert self.sent.keys() == self.acknowledged

    def session(self) -> requests.Session:
        """A client with the ledger's token."""
        client = requests.Session()
        client.trust_env = False
        client.mount("http://", HTTPAdapter(pool_maxsize=1))
        client.headers["Authorization"] = f"Bearer {self.token}"
        return client

    def _client(self, stop: Event, name: str, seed: int) -> None:
        random, numbers = Random(seed), iter(range(1, 1_000_000))
        with self.session() as client:
            while not stop.is_set():
                batch = [_picture(name, next(numbers)) for _ in range(random.choice((1, 1, 3)))]
                with self._lock:
                    self.sent.update({each.sop: each for each in batch})
                time.sleep(self.pause)
                while not self._send(client, batch) and random.random() < 0.8:  # a few give up
                    time.sleep(0.1)

    def _send(self, client: requests.Session, batch: list[Picture]) -> bool:
        """Send pictures in one request and note the answer; whether there was one."""
        body, content_type = _related(batch)
        try:
            answer = client.post(
                f"{self.base}/dicom-web/studies",
                data=body,
                headers={"Content-Type": content_type},
                timeout=_SECONDS,
            )
            outcome = answer.json() if answer.status_code in (200, 202, 409) else None
        except (requests.RequestException, json.JSONDecodeError) as error:
            self.silences.append(repr(error))
            return False
        with self._lock:
            if outcome is None:
                self._note(answer)
                return False
            self.acknowledged.update(_told(outcome))
        return True

    def _note(self, answer: requests.Response) -> None:
        """A 503 with a time to come back is what a client is told while something is down; else strange."""
        self.silences.append(f"{answer.status_code} {answer.text[:300]}")
        if answer.status_code != 503 or "Retry-After" not in answer.headers:
            self.strange.append(f"{answer.status_code} {answer.text[:300]}")

    def prove(self) -> None:
        """Every acknowledged picture is in QIDO, in WADO byte for byte, in FHIR and in the feed."""
        assert self.acknowledged
        assert not self.strange
        studies: dict[str, set[str]] = {}
        for sop in self.acknowledged:
            studies.setdefault(self.sent[sop].study, set()).add(sop)
        with self.session() as client:
            for study, sops in studies.items():
                self._prove_study(client, study, sops)
            self._prove_feed(client)

    def _prove_study(self, client: requests.Session, study: str, sops: set[str]) -> None:
        found = set(self._searched(client, study))
        assert sops <= found <= self.sent.keys()
        files = dict(self._retrieved(client, study))
        assert files.keys() == found
        for sop, raw in files.items():
            assert raw[PREAMBLE:] == self.sent[sop].raw[PREAMBLE:]
        bundle = self._json(client, f"/fhir/ImagingStudy?identifier=urn:dicom:uid|urn:oid:{study}")
        (entry,) = bundle["entry"]
        assert entry["resource"]["numberOfInstances"] == len(found)

    def _prove_feed(self, client: requests.Session) -> None:
        feed = list(self._feed(client))
        assert [each["sequence"] for each in feed] == list(range(1, len(feed) + 1))
        created = [each["sopInstanceUid"] for each in feed]
        assert len(created) == len(set(created))
        assert self.acknowledged <= set(created) <= self.sent.keys()
        assert {each["action"] for each in feed} == {"Create"}

    def _searched(self, client: requests.Session, study: str) -> Iterator[str]:
        offset = 0
        while page := self._json(client, f"/dicom-web/studies/{study}/instances?limit=100&offset={offset}"):
            yield from (each["00080018"]["Value"][0] for each in page)
            offset += len(page)

    def _retrieved(self, client: requests.Session, study: str) -> Iterator[tuple[str, bytes]]:
        answer = client.get(f"{self.base}/dicom-web/studies/{study}", headers=_FILES, timeout=_SECONDS)
        assert answer.status_code == 200, answer.text
        for raw in parts_of(answer):
            yield sop_of(raw), raw

    def _feed(self, client: requests.Session) -> Iterator[dict[str, Any]]:
        after = 0
        path = "/dicom-web/changefeed?limit=200&includeMetadata=false"
        while page := self._json(client, f"{path}&after={after}"):
            yield from page
            after = page[-1]["sequence"]

    def _json(self, client: requests.Session, path: str) -> Any:
        answer = client.get(f"{self.base}{path}", timeout=_SECONDS)
        assert answer.status_code in (200, 204), (path, answer.status_code, answer.text)
        return answer.json() if answer.status_code == 200 else []


@contextmanager
def storing(ledger: Ledger, name: str, seed: int) -> Iterator[None]:
    """Eight clients store while the block runs."""
    stop = Event()
    clients = Thread(target=ledger.store_until, args=(stop, name, seed))
    clients.start()
    try:
        yield
    finally:
        stop.set()
        clients.join()


def grown(ledger: Ledger, by: int, seconds: float = 300.0) -> bool:
    """Whether so many more pictures are acknowledged before long."""
    aim = len(ledger.acknowledged) + by
    return wait_until(lambda: len(ledger.acknowledged) >= aim, seconds)


def _picture(name: str, number: int) -> Picture:
    study = uid("fault", name, number // 40)
    raw = ct_instance(patient_id=f"F-{name}", study_uid=study, number=number)
    return Picture(study, sop_of(raw), raw)


def sop_of(raw: bytes) -> str:
    """The SOP Instance UID in the file meta information."""
    return str(dcmread(BytesIO(raw), stop_before_pixels=True).SOPInstanceUID)


def _related(batch: list[Picture]) -> tuple[bytes, str]:
    head = b"--part\r\nContent-Type: application/dicom\r\n\r\n"
    body = b"".join(head + each.raw + b"\r\n" for each in batch)
    return body + b"--part--", 'multipart/related; type="application/dicom"; boundary=part'


def parts_of(answer: requests.Response) -> list[bytes]:
    """The bodies of a multipart answer."""
    boundary = answer.headers["Content-Type"].rpartition("boundary=")[2].strip('"').encode()
    pieces = answer.content.split(b"--" + boundary)[1:-1]
    return [piece.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for piece in pieces]


def _told(outcome: dict[str, Any]) -> set[str]:
    """The pictures that an answer says are there."""
    return {each[_SOP]["Value"][0] for each in outcome.get(_STORED, {}).get("Value", [])}
