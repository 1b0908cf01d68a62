"""The window of browser sessions, made of the parts of a process."""

from app.http.kit.browsers import Browsers
from app.http.sessions.pages import PROVIDERS_PATH
from app.http.sessions.uses import SessionUses
from app.security.provider_sign_in import ProviderSignIn
from app.security.providers import outside_providers
from app.wiring.process import Wiring


def session_uses(wiring: Wiring) -> SessionUses:
    """What the window of browser sessions calls."""
    base = wiring.config.base_url
    return SessionUses(
        sign_in=wiring.sign_in,
        sessions=wiring.browser_sessions,
        second_factors=wiring.second_factors,
        providers=ProviderSignIn(
            outside_providers(wiring.config), wiring.key.derive("errands"), base, PROVIDERS_PATH
        ),
        browsers=Browsers(base),
        base=base,
    )
