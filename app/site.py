"""What belongs to one tenant: found from the rights of whoever asks, never from the configuration.

This is the one place that reads the tenant of the settings (a test holds that): tokens that name none belong
to it, and so does what the gateway does by itself.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.config import Config
from graph.scope import AccessScope
from graph.site import Site

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites of one gateway: its own tenant's, and those of the others, which differ by their name."""

    own: Site

    def of(self, scope: AccessScope) -> Site:
        """The site of a caller's tenant."""
        return self.own if scope.tenant == self.own.tenant else replace(self.own, tenant=scope.tenant)

    def day(self, scope: AccessScope, now: int) -> date:
        """The day that it is at a caller's site; `now` in µs since the epoch."""
        return datetime.fromtimestamp(now // _MICROSECONDS, UTC).astimezone(self.of(scope).zone).date()


def sites_of(config: Config) -> Sites:
    """The sites that the settings describe."""
    own = Site(
        config.base_url,
        config.patient_id_system,
        ZoneInfo(config.zone),
        tenant=config.tenant,
        chosen_ids=config.chosen_ids,
    )
    return Sites(own)
