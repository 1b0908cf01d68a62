"""Feedback that a colleague gives: a message on a report to each of those who read it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import uuid4

import orjson

from app.feedback.forms import MessageFormSchema
from app.feedback.inbox import PERMISSION
from app.feedback.keeping import FeedbackRecord, provenance
from app.feedback.packets import KeptResource, OwnRead, Packet, PacketMessage, own_read
from app.feedback.reads import readers_of
from app.feedback.reported import ReportedReads
from app.feedback.risk import issue_of, only_once
from app.feedback.verdicts import DEFAULT_SCHEME, SCHEMES
from app.records.glance.words import label_of
from app.security.forms import read_form
from app.security.scopes import on_behalf
from graph.clock import instant
from graph.errors import Invalid, PreconditionFailed, Unavailable, Unprocessable
from graph.keys import resource_of
from graph.records import ResourceVersion
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

Announce: TypeAlias = Callable[[AccessScope, Collection[str]], None]
"""Lets readers, as `Practitioner/<id>`, know that something came."""
_REPORT = "DiagnosticReport"
_FORM = MessageFormSchema()
_TRIES = 5


@dataclass(frozen=True, slots=True)
class MessageAbout:
    """A report that somebody writes about: what it is called and concludes, and how many read it."""

    report_id: str
    title: str
    issued: str
    conclusion: str
    readers: int


class FeedbackMessages:
    """Sends what colleagues say of reports to their readers; `scheme` is the site's, of `SCHEMES`."""

    def __init__(
        self,
        kept: FeedbackRecord,
        resources: ResourceStore,
        reads: ReportedReads,
        announce: Announce,
        scheme: str = DEFAULT_SCHEME,
    ) -> None:
        self._kept = kept
        self._resources = resources
        self._reads = reads
        self._announce = announce
        self.scheme = scheme

    def about(self, scope: AccessScope, report_id: str) -> MessageAbout:
        """The report that a message would be about, and how many would have it.

        Raises `NotFound` and `Gone` where the caller sees no such report.
        """
        scope.require(PERMISSION)
        report = self._resources.read(scope, _REPORT, report_id)
        scope.concerns(report.whose)
        body = orjson.loads(report.body)
        return MessageAbout(
            report.resource_id,
            label_of(body),
            str(body.get("issued") or body.get("effectiveDateTime") or ""),
            str(body.get("conclusion", "")),
            len(_readers(scope, body)),
        )

    def send(self, scope: AccessScope, raw: Mapping[str, Any], now: int) -> tuple[str, ...]:
        """Send a message; return the readers who have it now, as `Practitioner/<id>`.

        Raises `Invalid` for a form that is wrong, `NotFound` and `Gone` where the caller sees no such report,
        `Unprocessable` where nobody but the caller read it, and `Unavailable` where that keeps changing.
        """
        scope.require(PERMISSION)
        scope.require("fhir.read")
        form = read_form(_FORM, raw)
        self._require_category(form["category"])
        report = self._resources.read(scope, _REPORT, form["report"].removeprefix(f"{_REPORT}/"))
        scope.concerns(report.whose)
        gateway, moment = on_behalf(scope, scope.subject), instant(now)
        read = self._reads.of(gateway, [report], now).get(f"{_REPORT}/{report.resource_id}")
        body = orjson.loads(report.body)
        readers = _readers(scope, body)
        if not readers:
            raise Unprocessable(
                "the report names nobody but you who read it", location="$.report", code="business-rule"
            )
        own = own_read(read) if read else OwnRead(_name(report), label=label_of(body))
        message = PacketMessage(_name(report), form["text"].strip(), moment, _author(scope), form["category"])
        issues = tuple(_issues(form, body, own.reference, moment))
        for reader in readers:
            self._tell(gateway, reader, own, message, *issues)
        self._announce(gateway, readers)
        return readers

    def _tell(
        self,
        gateway: AccessScope,
        reader: str,
        own: OwnRead,
        message: PacketMessage,
        *issues: tuple[str, KeptResource],
    ) -> None:
        """Keep a message for a reader: with those on the same report that they have not answered, if any.

        Raises `Unavailable` where what they have keeps changing.
        """
        for _ in range(_TRIES):
            known = self._kept.about(gateway, [own.reference])
            packet = _joined(known, reader, own, message, urgent=bool(issues))
            source = provenance(packet, message.at, {"who": {"display": message.author}}, [own.reference])
            try:
                self._kept.write(gateway, packet, ("", source), *issues)
            except PreconditionFailed:  # the reader has just answered, or another message came
                continue
            return
        raise Unavailable("it keeps changing: try again")

    def _require_category(self, category: str) -> None:
        known = sorted(each.code for each in SCHEMES[self.scheme])
        if category and category not in known:
            raise Invalid(
                "the categories here are %(categories)s",
                location="$.category",
                categories=", ".join(known),
            )


def _readers(scope: AccessScope, report: KeptResource) -> tuple[str, ...]:
    """Who read a report, but for the caller."""
    return tuple(each for each in readers_of(report) if each not in scope.actors)


def _joined(
    known: Iterable[Packet], reader: str, own: OwnRead, message: PacketMessage, *, urgent: bool
) -> Packet:
    """The packet of a message: the one with earlier messages that waits for its reader, else a new one."""
    for each in known:
        if each.reader == reader and each.is_open and each.messages:
            messages = (*each.messages, message)
            return replace(each, messages=messages, urgent=each.urgent or urgent, modified=message.at)
    return Packet(
        packet_id="",
        reader=reader,
        lesson=uuid4().hex,  # what is said first on a report is a lesson of its own
        reads=(own,),
        messages=(message,),
        urgent=urgent,
        authored=message.at,
        modified=message.at,
    )


def _issues(
    form: Mapping[str, Any], report: KeptResource, name: str, moment: str
) -> Iterator[tuple[str, KeptResource]]:
    patient = str(report.get("subject", {}).get("reference", ""))
    if form["patient_at_risk"] and patient.startswith("Patient/"):
        yield only_once(name), issue_of(patient, name, (), form["text"].strip(), moment)


def _name(report: ResourceVersion) -> str:
    return f"{_REPORT}/{report.resource_id}"


def _author(scope: AccessScope) -> str:
    """Who says it: whom they are in the record, else the name of their account."""
    return next((resource_of(each) for each in sorted(scope.readers or ())), scope.subject)
