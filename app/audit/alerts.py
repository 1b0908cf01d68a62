"""The use case of who looks at alerts: what there is, and that somebody has seen it."""

from typing import Any

from marshmallow import fields, validate

from app.security.forms import Plain, read_form
from app.security.plain_text import plain_lines
from app.security.scopes import system_scope
from graph.audit.alerts import Alert, AlertStore
from graph.errors import Unavailable
from graph.scope import AccessScope

__all__ = ["AcknowledgeFormSchema", "Alert", "Alerts"]


class AcknowledgeFormSchema(Plain):
    """That somebody has looked at an alert."""

    comment = fields.String(load_default="", validate=[validate.Length(max=2_000), plain_lines])


_FORM = AcknowledgeFormSchema()


class Alerts:
    """Lists alerts, and acknowledges them; all of it takes `audit.read`."""

    def __init__(self, store: AlertStore, tenant: str) -> None:
        self._store = store
        self._tenant = tenant

    def page(
        self,
        scope: AccessScope,
        limit: int,
        *,
        waiting: bool | None = None,
        after: tuple[int, str] | None = None,
    ) -> tuple[Alert, ...]:
        """Alerts, the newest first; `waiting` True are those that nobody has acknowledged, None all."""
        return self._store.page(scope, limit, waiting=waiting, after=after)

    def acknowledge(self, scope: AccessScope, alert_id: str, raw: Any, now: int) -> Alert:
        """Note that the caller has looked at an alert; `now` in µs.

        Raises `Invalid` with the JSONPath of what is wrong, `NotFound`, `Conflict` where somebody has.
        """
        return self._store.acknowledge(scope, alert_id, read_form(_FORM, raw)["comment"], now)

    def waiting(self) -> int | None:
        """How many nobody has acknowledged, for the monitoring; None where the graph does not say."""
        try:
            return self._store.open(system_scope(self._tenant, "metrics"))
        except Unavailable:
            return None
