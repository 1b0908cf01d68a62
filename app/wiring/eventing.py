"""The role of the event channels, with what it tells and how it knows whom."""

from app.http.events.casting import CastChannels
from app.http.events.serving import EventServer
from app.imaging.worklist.channels import EventChannels
from app.processes.events import events_address
from app.security.scopes import system_scope
from app.wiring.process import Wiring


def event_server(wiring: Wiring) -> EventServer:
    """The server of the channels of this machine."""
    return EventServer(
        EventChannels(wiring.subscription_store, wiring.sites),
        CastChannels(wiring.cast_listening, wiring.sites.own.tenant),
        home=wiring.config.home,
        address=events_address(wiring.config),
        authenticate=wiring.authenticator,
        keep=wiring.consents.applied,
        rights=lambda tenant: system_scope(tenant, "events"),
    )
