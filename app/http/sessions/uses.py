"""What the window of browser sessions calls."""

from dataclasses import dataclass

from app.http.kit.browsers import Browsers
from app.security.authorization.signing_in import SignIn
from app.security.browser_sessions import BrowserSessions
from app.security.provider_sign_in import ProviderSignIn
from app.security.second_factors import SecondFactors


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUses:
    """The use cases of this window; `base` is the address that its pages lead to."""

    sign_in: SignIn
    sessions: BrowserSessions
    second_factors: SecondFactors
    providers: ProviderSignIn
    browsers: Browsers
    base: str
