"""What the window of browser sessions calls."""

from collections.abc import Callable
from dataclasses import dataclass

from app.http.kit.browsers import Browsers
from app.security.authorization.signing_in import SignIn
from app.security.browser_sessions import BrowserSessions
from app.security.second_factors import SecondFactors
from graph.scope import AccessScope


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUses:
    """The use cases of this window; `base` is the address that its pages lead to.

    `rights` tells what an account may do now.
    """

    sign_in: SignIn
    sessions: BrowserSessions
    second_factors: SecondFactors
    rights: Callable[[str], AccessScope]
    browsers: Browsers
    base: str
