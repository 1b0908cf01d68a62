"""The use case of an emergency: a record is opened for a time, with a reason, and somebody else judges it."""

from typing import Any
from uuid import uuid4

import structlog
from marshmallow import fields, validate

from app.security.forms import Plain, read_form
from app.security.plain_text import plain_lines
from graph.accounts.break_glass import OPEN, REVIEW, BreakGlassStore, BrokenGlass, GlassVerdict, GlassWindow
from graph.keys import resource_key
from graph.scope import AccessScope

__all__ = [
    "REASONS",
    "BreakGlass",
    "BreakGlassFormSchema",
    "BrokenGlass",
    "GlassVerdict",
    "GlassWindow",
    "ReviewFormSchema",
]

# Codes of v3-PurposeOfUse; each opens a record in the same way, and tells who judges what to ask.
REASONS = {
    "ETREAT": "emergency treatment",
    "COC": "coordination of care",
    "PATSFTY": "patient safety",
    "PUBHLTH": "public health",
    "HLEGAL": "legal",
}
LONGEST_SECONDS, USUAL_SECONDS = 24 * 3600, 4 * 3600
_MICROSECONDS = 1_000_000
_log = structlog.get_logger("hilum.break-glass")


class BreakGlassFormSchema(Plain):
    """A record that is to be opened: whose, and why."""

    patient = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9.-]{1,64}\Z"))
    reason = fields.String(
        required=True,
        validate=validate.OneOf(list(REASONS)),
        metadata={"description": ", ".join(f"{code}: {text}" for code, text in REASONS.items())},
    )
    text = fields.String(
        required=True,
        validate=[validate.Length(min=10, max=2_000), plain_lines],
        metadata={"description": "The reason in words."},
    )
    seconds = fields.Integer(
        strict=True,
        load_default=USUAL_SECONDS,
        validate=validate.Range(min=60, max=LONGEST_SECONDS),
        metadata={"description": "For how long; four hours unless said."},
    )


class ReviewFormSchema(Plain):
    """How somebody judges that a record was opened."""

    verdict = fields.String(required=True, validate=validate.OneOf(list(map(str, GlassVerdict))))
    comment = fields.String(load_default="", validate=[validate.Length(max=2_000), plain_lines])


_OPENING, _REVIEW = BreakGlassFormSchema(), ReviewFormSchema()


class BreakGlass:
    """Opens records, lists and closes what was opened, and takes judgements; moments in µs."""

    def __init__(self, store: BreakGlassStore) -> None:
        self._store = store

    def open(self, scope: AccessScope, raw: Any, now: int) -> BrokenGlass:
        """Open a record for who asks.

        Raises `Invalid` with the JSONPath of what is wrong, `Conflict` where too many are open.
        """
        scope.require(OPEN)
        form = read_form(_OPENING, raw)
        scope.concerns((resource_key(scope.tenant, "Patient", form["patient"]),))
        glass = BrokenGlass(
            id=uuid4().hex,
            subject=scope.subject,
            role=scope.role,
            patient=form["patient"],
            reason=form["reason"],
            text=form["text"],
            opened_at=now,
            until=now + form["seconds"] * _MICROSECONDS,
        )
        opened = self._store.open(scope, glass)
        _log.warning("a record was opened by break-glass")  # the alert; whose it is, the review says
        return opened

    def page(self, scope: AccessScope, window: GlassWindow) -> tuple[BrokenGlass, ...]:
        """What was opened: all of the tenant for who judges, their own for who may only open."""
        scope.require(REVIEW, OPEN)
        found = self._store.page(scope, window)
        scope.concerns(resource_key(scope.tenant, "Patient", each.patient) for each in found)
        return found

    def end(self, scope: AccessScope, glass_id: str, now: int) -> BrokenGlass:
        """Close a record; raises `NotFound`."""
        return self._noted(scope, self._store.end(scope, glass_id, now))

    def review(self, scope: AccessScope, glass_id: str, raw: Any, now: int) -> BrokenGlass:
        """Judge that a record was opened; what was not justified is closed.

        Raises `Invalid` with the JSONPath of what is wrong, `NotFound`, `Forbidden` for who opened it,
        `Conflict` where it was judged already.
        """
        scope.require(REVIEW)
        form = read_form(_REVIEW, raw)
        verdict = GlassVerdict(form["verdict"])
        return self._noted(scope, self._store.review(scope, glass_id, verdict, form["comment"], now))

    @staticmethod
    def _noted(scope: AccessScope, glass: BrokenGlass) -> BrokenGlass:
        scope.concerns((resource_key(scope.tenant, "Patient", glass.patient),))
        return glass
