"""The rules of alerts, as data: which accesses somebody should look at, alone or when there are many."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from importlib.resources import files
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.settings import ConfigError
from graph.audit.alerts import BY

ALONE = "entry"
_NAME = validate.Regexp(r"[a-z][a-z0-9-]{0,63}\Z")
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """One rule: an alert for each access that it is of, or for `least` of them in `seconds` by one `by`.

    `routes` and `interactions` are beginnings of them, `statuses` a range [low, high), `outside` the hours of
    a day [from, to) in which it asks nothing; empty or None is any. With `patients` it is the patients who
    are counted whom the accesses concern.
    """

    name: str
    description: str
    by: str = ALONE
    least: int = 1
    seconds: int = 3600
    patients: bool = False
    actions: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    interactions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    statuses: tuple[int, int] | None = None
    outside: tuple[time, time] | None = None

    def holds(self, entry: Mapping[str, Any], zone: tzinfo) -> bool:
        """Whether an entry is of the accesses that the rule is about."""
        low, high = self.statuses or (0, 1_000)
        return (
            low <= entry["status"] < high
            and entry["action"] in (self.actions or entry["action"])
            and entry["route"].startswith(self.routes or "")
            and entry["interaction"].startswith(self.interactions or "")
            and entry["role"] in (self.roles or (entry["role"],))
            and (self.outside is None or not _within(self.outside, entry["at"], zone))
        )


def _within(hours: tuple[time, time], at: int, zone: tzinfo) -> bool:
    moment = datetime.fromtimestamp(at / _MICROSECONDS, UTC).astimezone(zone).time()
    return hours[0] <= moment < hours[1]


class AlertRuleSchema(Schema):
    """A rule as it is written down."""

    name = fields.String(required=True, validate=_NAME)
    description = fields.String(required=True)
    by = fields.String(validate=validate.OneOf((ALONE, *BY)))
    least = fields.Integer(strict=True, validate=validate.Range(min=1))
    seconds = fields.Integer(strict=True, validate=validate.Range(min=60, max=7 * 86_400))
    patients = fields.Boolean()
    actions = fields.List(fields.String(validate=validate.OneOf("CRUDE")))
    routes = fields.List(fields.String())
    interactions = fields.List(fields.String())
    roles = fields.List(fields.String())
    statuses = fields.Tuple((fields.Integer(strict=True), fields.Integer(strict=True)))
    outside = fields.Tuple((fields.Time(), fields.Time()))

    @post_load
    def made(self, read: dict[str, Any], **_: Any) -> AlertRule:
        """The rule."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in read.items()
        }
        return AlertRule(**given)


def alert_rules(path: Path | None) -> tuple[AlertRule, ...]:
    """The rules of a file, or those of this release.

    Raises `ConfigError` with what is wrong in the file.
    """
    shipped = files("app.audit").joinpath("alert_rules.json")
    try:
        text = shipped.read_text("utf-8") if path is None else path.read_text("utf-8")
        found: list[AlertRule] = AlertRuleSchema(many=True).load(json.loads(text))
    except (OSError, ValueError, ValidationError) as error:
        raise ConfigError(f"HILUM_ALERT_RULES holds no rules of alerts: {error}") from error
    return tuple(found)
