"""Asks a service outside, which speaks the protocol of OpenAI's chat completions, to propose a question.

The text of the question and the form of questions go there, and nothing of any record. Whatever comes back is
JSON that somebody else wrote.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from app.cohorts.language.forms import KOREAN
from app.cohorts.language.schemas import SPELLED_OUT, QuestionSchema
from app.form_words import form_name
from app.outgoing import Reach, origin_of, outgoing, read_until
from app.settings import is_loopback
from fhir_profiles.nesting import is_nested_deeper
from graph.errors import Invalid, TooLarge, Unavailable

LARGEST = 256 << 10  # bytes of an answer
_AT_ONCE = 4  # that one process waits for
_CONNECTING = 3.05  # seconds
_LONGEST_KEY = 4_096
_OK = 200
_FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?```\s*", re.DOTALL)
_TASK = (
    "You turn a clinical question, in English or Korean, into one JSON object: a cohort question of the "
    'JSON schema "Question" below. Answer that object and nothing else. Put every code into a set of '
    "`conceptSets`, with the plain English name of what it stands for as `display`. Leave out what the "
    "question does not say. "
    "Today is %(day)s.\n%(schemas)s"
)


class NoProposal(Exception):
    """Nothing was proposed that could be shown; `code` is one of those that are told (`wordings.py`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class OutsideWords:
    """A service outside: its address, the model that is asked, and how long it may take in all.

    `key_file` holds the secret that is sent to it, None where it wants none; it is read for each question.
    """

    url: str
    model: str
    key_file: Path | None = None
    seconds: float = 20.0
    _turns: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(_AT_ONCE), compare=False, repr=False
    )

    def proposed(self, text: str, day: date) -> Any:
        """The JSON that is proposed for a question.

        Raises `NoProposal` where the service is busy, away or too slow, or answers anything else.
        """
        if not self._turns.acquire(blocking=False):
            raise NoProposal("busy")
        try:
            return _content(self._answered(_request(self.model, text, day)))
        finally:
            self._turns.release()

    def _answered(self, body: bytes) -> bytes:
        until = monotonic() + self.seconds
        try:
            with outgoing(
                f"{self.url}/chat/completions",
                self._reach(),
                body=body,
                headers={"Content-Type": "application/json", "Accept": "application/json", **self._key()},
                seconds=(min(_CONNECTING, self.seconds), self.seconds),
            ) as answer:
                if answer.status_code != _OK:
                    raise NoProposal("status")
                return read_until(answer, LARGEST, until)
        except TooLarge:
            raise NoProposal("large") from None
        except (Invalid, Unavailable):
            raise NoProposal("late" if monotonic() >= until else "away") from None

    def _reach(self) -> Reach:
        """Its origin alone; a proxy of the environment stands between, unless it is on this machine."""
        host = urlsplit(self.url).hostname or ""
        return Reach(frozenset({origin_of(self.url) or ""}), proxied=not is_loopback(host))

    def _key(self) -> Mapping[str, str]:
        if self.key_file is None:
            return {}
        try:
            key = self.key_file.read_text(encoding="ascii")[:_LONGEST_KEY].strip()
        except (OSError, UnicodeDecodeError):
            raise NoProposal("key") from None
        if not key or not key.isprintable():
            raise NoProposal("key")
        return {"Authorization": f"Bearer {key}"}


def _content(raw: bytes) -> Any:
    """The JSON of the first message of an answer; raises `NoProposal` where there is none."""
    found = _parsed(raw)
    try:
        content = found["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise NoProposal("protocol") from None
    if not isinstance(content, str):
        raise NoProposal("protocol")
    fenced = _FENCE.fullmatch(content)
    return _parsed((fenced[1] if fenced else content).encode("utf-8"))


def _parsed(raw: bytes) -> Any:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise NoProposal("json") from None
    if is_nested_deeper(found):
        raise NoProposal("json")
    return found


def _request(model: str, text: str, day: date) -> bytes:
    task = _TASK % {"day": day.isoformat(), "schemas": _schemas()}
    messages = ({"role": "system", "content": task}, {"role": "user", "content": text})
    return orjson.dumps(
        {
            "model": model,
            "temperature": 0,
            "stream": False,
            "response_format": {"type": "json_object"},
            "messages": messages,
        }
    )


@cache
def _schemas() -> str:
    """The JSON schemas of a question."""
    spec = APISpec("questions", "1", "3.1.0", plugins=[MarshmallowPlugin(schema_name_resolver=form_name)])
    every: tuple[type[Schema], ...] = (*SPELLED_OUT, QuestionSchema)
    for schema in every:
        if form_name(schema) not in spec.components.schemas:
            spec.components.schema(form_name(schema), schema=schema)
    return orjson.dumps(_in_english(spec.to_dict()["components"]["schemas"])).decode()


def _in_english(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in_english(each) for name, each in value.items() if name != KOREAN}
    return [_in_english(each) for each in value] if isinstance(value, list) else value
