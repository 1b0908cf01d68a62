"""`/feedback`: the inbox of a reader, a packet with its verdict, own figures, and a message to who read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from app.admission.outcomes import STATUS
from app.feedback.packets import Evidence, OwnRead, Packet
from app.feedback.verdicts import SCHEMES, VERDICT_WORDS
from app.http.feedback.uses import FeedbackUses
from app.http.feedback.words import KINDS, region_words, why, worded
from app.http.kit.faults import Fault, fault_of
from app.http.kit.guard import signed_in
from app.http.kit.own_paths import see_other
from app.http.kit.request_context import current, current_scope
from app.records.glance.report_text import WordChange, differences
from graph.errors import Conflict, HilumError, Invalid, Unprocessable

OWN, RECORD, TOTALS = "feedback.write", "fhir.read", "feedback.totals"
_WORDS = {"kinds": KINDS, "why": why, "worded": worded, "region_words": region_words}
_SHOWN = 25
_TICKED = "yes"
_TOLD = (Conflict, Invalid, Unprocessable)


@dataclass(frozen=True, slots=True)
class FeedbackPages:
    """The pages of feedback."""

    uses: FeedbackUses

    def inbox(self) -> Response:
        """What is kept for the caller."""
        which = "answered" if request.args.get("status") == "answered" else "open"
        scope, now = current_scope(), current().received
        query = f"feedback-page?status={which}"
        token = request.args.get("after")
        after = self.uses.tokens.read(scope, query, token, now) if token else None
        page = self.uses.inbox.page(scope, which, _SHOWN, after)
        following = self.uses.tokens.issue(scope, query, page.after, now) if page.after else ""
        return self._page(
            "feedback_inbox.html", which=which, packets=page.packets, following=following, bound=scope.readers
        )

    def packet(self, packet_id: str, fault: Fault | None = None, status: int = 200) -> Response:
        """One packet; with a fault, what was typed stays."""
        scope = current_scope()
        opened = self.uses.inbox.opened(scope, packet_id)
        people = {opened.patient} if opened.patient and RECORD in scope.permissions else set()
        return self._page(
            "feedback_packet.html",
            status,
            opened=opened,
            packet=opened.packet,
            patient=self.uses.people.each(scope, people).get(opened.patient or ""),
            changes=[_beside(opened.packet, each) for each in opened.packet.evidence],
            verdicts=VERDICT_WORDS,
            categories=SCHEMES[self.uses.answers.scheme],
            typed=request.form if fault else {},
            fault=fault,
        )

    def answered(self, packet_id: str) -> Response:
        """The way on after a verdict, or the packet with what was wrong."""
        form = request.form
        raw: dict[str, Any] = {
            "verdict": form.get("verdict", ""),
            "category": form.get("category", ""),
            "comment": form.get("comment", "").replace("\r\n", "\n"),
            "patientAtRisk": form.get("patientAtRisk") == _TICKED,
        }
        if version := form.get("version", ""):
            raw["version"] = int(version) if version.isascii() and version.isdigit() else version
        return self._done(
            lambda: self.uses.answers.answer(current_scope(), packet_id, raw, current().received),
            f"/feedback/{packet_id}",
            lambda fault, status: self.packet(packet_id, fault, status),
        )

    def to_give(self, report_id: str, fault: Fault | None = None, status: int = 200) -> Response:
        """The form of a message to those who read a report."""
        scope = current_scope()
        about = self.uses.messages.about(scope, report_id)
        return self._page(
            "feedback_give.html",
            status,
            about=about,
            report_id=report_id,
            categories=SCHEMES[self.uses.messages.scheme],
            typed=request.form if fault else {},
            fault=fault,
        )

    def given(self, report_id: str) -> Response:
        """The way back to the report after a message, or the form with what was wrong."""
        form = request.form
        raw = {
            "report": report_id,
            "text": form.get("text", "").replace("\r\n", "\n"),
            "category": form.get("category", ""),
            "patientAtRisk": form.get("patientAtRisk") == _TICKED,
        }
        return self._done(
            lambda: self.uses.messages.send(current_scope(), raw, current().received),
            f"/feedback/reports/{report_id}?sent=yes",
            lambda fault, status: self.to_give(report_id, fault, status),
        )

    def _done(
        self, change: Callable[[], object], to: str, again: Callable[[Fault, int], Response]
    ) -> Response:
        try:
            change()
        except HilumError as error:
            if not isinstance(error, _TOLD):
                raise
            return again(fault_of(error), STATUS[error.category])
        return see_other(f"{self.uses.base}{to}")

    @staticmethod
    def _page(template: str, status: int = 200, **shown: Any) -> Response:
        return make_response(render_template(template, **_WORDS, **shown), status)


def _beside(packet: Packet, evidence: Evidence) -> tuple[WordChange, ...]:
    """What evidence says beside the impression of the read that it is about; nothing of few words."""
    reads = {each.reference: each for each in packet.reads}
    own = reads.get(evidence.read, OwnRead(evidence.read))
    return differences(own.said, evidence.said) if own.said and evidence.said else ()


def add_pages(rooms: Blueprint, uses: FeedbackUses) -> None:
    """Add the pages of feedback."""
    pages = FeedbackPages(uses)
    largest = 65_536

    @rooms.get("")
    @signed_in("R", OWN)
    def show_inbox() -> Response:
        return pages.inbox()

    @rooms.get("/<packet_id>")
    @signed_in("R", OWN)
    def show_packet(packet_id: str) -> Response:
        return pages.packet(packet_id)

    @rooms.post("/<packet_id>")
    @signed_in("U", OWN, largest=largest)
    def keep_verdict(packet_id: str) -> Response:
        return pages.answered(packet_id)

    @rooms.get("/numbers")
    @signed_in("R", OWN)
    def show_numbers() -> Response:
        found = uses.figures.own(current_scope(), current().received)
        return pages._page("feedback_numbers.html", found=found)

    @rooms.get("/together")
    @signed_in("R", TOTALS)
    def show_totals() -> Response:
        found = uses.figures.totals(current_scope(), current().received)
        return pages._page("feedback_totals.html", found=found)

    @rooms.get("/reports/<report>")
    @signed_in("R", OWN, RECORD)
    def show_message(report: str) -> Response:
        return pages.to_give(report)

    @rooms.post("/reports/<report>")
    @signed_in("C", OWN, RECORD, largest=largest)
    def send_message_form(report: str) -> Response:
        return pages.given(report)
