"""EHR launches: a page or a service says for whom an app is opened, and gets a handle to hand to the app.

The handle opens nothing. It says which patient and encounter the app is about, and who is to sign in; what
that person may see is looked at when they do (SMART App Launch 2.2, app-launch.html#launch-app-ehr-launch).
"""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from app.security.authorization.handles import LONGEST_HANDLE, digest_of, new_handle
from app.security.scopes import system_scope
from graph.authorization.authorizations import LAUNCH, AuthorizationStore
from graph.authorization.clients import ClientStore
from graph.errors import Invalid
from graph.scope import AccessScope

LAUNCH_SECONDS = 300
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchContext:
    """What an app is opened for: ids of a patient and an encounter, who is to sign in, and which client."""

    user: str
    patient: str | None = None
    encounter: str | None = None
    client: str | None = None


class Launches:
    """Makes and reads launch handles of a tenant; `fhir_base` is the `iss` that apps are told."""

    def __init__(self, kept: AuthorizationStore, clients: ClientStore, tenant: str, fhir_base: str) -> None:
        self._kept = kept
        self._clients = clients
        self._tenant = tenant
        self._fhir_base = fhir_base

    def begin(self, scope: AccessScope, context: LaunchContext, now: int) -> dict[str, Any]:
        """A handle for a context that the caller may see; `now` in µs.

        Where the client has a launch address, with the whole address to open. Raises `Invalid` for a client
        that is not registered.
        """
        scope.require("fhir.read")
        client = self._clients.find(scope, context.client) if context.client else None
        if context.client and client is None:
            raise Invalid("no such client is registered", location="client")
        handle, until = new_handle(), now + LAUNCH_SECONDS * _MICROSECONDS
        self._kept.keep(scope, LAUNCH, digest_of(handle), until=until, now=now, kept=asdict(context))
        told: dict[str, Any] = {"launch": handle, "iss": self._fhir_base, "expires_in": LAUNCH_SECONDS}
        if client and client.launch_uri:
            joint = "&" if "?" in client.launch_uri else "?"
            told["url"] = client.launch_uri + joint + urlencode({"iss": self._fhir_base, "launch": handle})
        return told

    def find(self, handle: str, now: int) -> LaunchContext | None:
        """What a handle says; None where it is none, or not any more. `now` in µs."""
        if len(handle) > LONGEST_HANDLE:
            return None
        kept = self._kept.kept(system_scope(self._tenant), LAUNCH, digest_of(handle), now)
        if kept is None:
            return None
        values: dict[str, Any] = {name: kept.get(name) for name in LaunchContext.__dataclass_fields__}
        return LaunchContext(**values)
