"""`/feedback`: what is kept for a reader, their answers, messages of colleagues, and figures."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.feedback.inbox import MOST
from app.http.feedback.description import (
    ANSWER,
    FIGURES,
    MESSAGE,
    PACKET,
    PACKETS,
    SUBSCRIBE,
    SUBSCRIPTION,
    TOTALS,
    UNSUBSCRIBE,
    USUAL,
)
from app.http.feedback.pages import add_pages
from app.http.feedback.told import figures_told, packet_told, subscription_told, totals_told
from app.http.feedback.uses import FeedbackUses
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.parameters import require_only
from app.http.kit.request_context import current, current_scope
from graph.errors import Invalid

LARGEST = 65_536  # bytes of a form
_MOST_DIGITS = 6


def blueprint(uses: FeedbackUses) -> Blueprint:
    """Make the routes of feedback."""
    rooms = Blueprint("feedback", __name__, url_prefix="/feedback", template_folder="templates")
    _add_packets(rooms, uses)

    @rooms.post("/messages")
    @requires("feedback.write", "fhir.read", action="C")
    @documented(MESSAGE)
    def send_message() -> Response:
        require_only()
        readers = uses.messages.send(current_scope(), read_json(LARGEST), current().received)
        return plain_json({"readers": len(readers)}, 201)

    @rooms.get("/figures")
    @requires("feedback.write")
    @documented(FIGURES)
    def own_figures() -> Response:
        require_only()
        return plain_json(figures_told(uses.figures.own(current_scope(), current().received)))

    @rooms.get("/totals")
    @requires("feedback.totals")
    @documented(TOTALS)
    def all_totals() -> Response:
        require_only()
        return plain_json(totals_told(uses.figures.totals(current_scope(), current().received)))

    _add_subscription(rooms, uses)
    add_pages(rooms, uses)
    return rooms


def _add_subscription(rooms: Blueprint, uses: FeedbackUses) -> None:
    @rooms.get("/subscription")
    @requires("feedback.write")
    @documented(SUBSCRIPTION)
    def read_subscription() -> Response:
        require_only()
        return plain_json(subscription_told(uses.subscriptions.own(current_scope())))

    @rooms.put("/subscription")
    @requires("feedback.write", action="U")
    @documented(SUBSCRIBE)
    def put_subscription() -> Response:
        require_only()
        kept = uses.subscriptions.put(current_scope(), read_json(LARGEST))
        return plain_json(subscription_told(kept))

    @rooms.delete("/subscription")
    @requires("feedback.write", action="D")
    @documented(UNSUBSCRIBE)
    def end_subscription() -> Response:
        require_only()
        uses.subscriptions.end(current_scope())
        return Response(status=204)


def _add_packets(rooms: Blueprint, uses: FeedbackUses) -> None:
    @rooms.get("/packets")
    @requires("feedback.write")
    @documented(PACKETS)
    def list_packets() -> Response:
        require_only("status", "limit", "after")
        scope, now = current_scope(), current().received
        status, limit = request.args.get("status", "open"), _limit(request.args.get("limit"))
        query = f"feedback?status={status}"
        token = request.args.get("after")
        after = uses.tokens.read(scope, query, token, now) if token else None
        page = uses.inbox.page(scope, status, limit, after)
        following = None
        if page.after is not None:
            asked = {
                "status": status,
                "limit": limit,
                "after": uses.tokens.issue(scope, query, page.after, now),
            }
            following = f"{uses.base}/feedback/packets?{urlencode(asked)}"
        return plain_json({"packets": [packet_told(each) for each in page.packets], "next": following})

    @rooms.get("/packets/<packet_id>")
    @requires("feedback.write")
    @documented(PACKET)
    def read_packet(packet_id: str) -> Response:
        require_only()
        scope = current_scope()
        packet = uses.inbox.one(scope, packet_id)
        return plain_json(packet_told(packet, uses.inbox.said(scope, packet)))

    @rooms.post("/packets/<packet_id>/answer")
    @requires("feedback.write", action="U")
    @documented(ANSWER)
    def answer_packet(packet_id: str) -> Response:
        require_only()
        scope, form = current_scope(), read_json(LARGEST)
        packet = uses.answers.answer(scope, packet_id, form, current().received)
        return plain_json(packet_told(packet, uses.inbox.said(scope, packet)))


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and 1 <= int(text) <= MOST):
        raise Invalid("limit is a whole number from 1 to %(most)s", location="limit", most=MOST)
    return int(text)
