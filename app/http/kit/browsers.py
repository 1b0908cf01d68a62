"""What tells a browser that somebody signed in at from every other sender: its cookie, and whose page asked.

A browser sends its cookie with whatever a page makes it send, so a cookie alone proves nothing of who wants
it. Each request that a cookie lets in came from a page of ours, as the browser itself says (Fetch Metadata,
or Origin); what changes something also says the form token of the session, which no page from elsewhere
knows.
"""

from urllib.parse import urlsplit

from flask import Request, Response

from app.security.browser_sessions import SessionHandle, WhichBrowser
from app.security.provider_sign_in import ERRAND_SECONDS
from app.settings import is_loopback
from graph.errors import Forbidden, Unauthenticated

FORM_TOKEN, FORM_TOKEN_HEADER = "csrf", "X-CSRF-Token"
LARGEST_FORM, LARGEST_DOCUMENT_FORM = 16 << 10, 64 << 10
"""In bytes as they are sent: a form of a few fields, and one with a field for a whole JSON document."""
SIGN_IN_PATH = "/auth/sign-in"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN = "same-origin"
_BY_HAND = "none"  # an address that somebody typed or a bookmark
_SITE, _MODE, _NAVIGATE = "Sec-Fetch-Site", "Sec-Fetch-Mode", "navigate"
_WHAT, _PAGE = "Sec-Fetch-Dest", "document"  # no frame, and nothing embedded


class SignInFirst(Unauthenticated):
    """A page that is there for who is signed in; whoever is not is led to sign in."""


class FormFromElsewhere(Forbidden):
    """A form that no page of the session sent: whoever is signed in may not have meant it."""


class Browsers:
    """Reads what browsers send to `base_url`, and says what they are to keep.

    Under https the cookie has the prefix `__Host-`, which browsers take from this very host over TLS alone
    (RFC 6265bis 4.1.3.2). On the loopback of one machine there is no TLS: there its name ends with the port,
    since cookies know none, and nobody else is on the way. Elsewhere nobody signs in without TLS.
    """

    def __init__(self, base_url: str) -> None:
        found = urlsplit(base_url)
        self._secure = found.scheme == "https"
        self._origin = f"{found.scheme}://{found.netloc}"
        self._cookie = "__Host-hilum" if self._secure else f"hilum-{found.port or 80}"
        self.may_sign_in = self._secure or is_loopback(found.hostname or "")

    def handle_of(self, request: Request) -> SessionHandle | None:
        """What the browser keeps of its session; None where it keeps nothing."""
        secret = request.cookies.get(self._cookie)
        return SessionHandle(secret) if secret else None

    def credentials_of(self, request: Request) -> SessionHandle | None:
        """The same where it lets a request to the data in; None also where no page of ours asked."""
        handle = self.handle_of(request)
        if handle is None:
            return None
        if request.method in _SAFE:
            own = request.headers.get(_SITE) in (None, _OWN, _BY_HAND)
            opened = request.headers.get(_MODE) == _NAVIGATE and request.headers.get(_WHAT) == _PAGE
            return handle if own or opened else None
        wrote = handle.wrote(request.headers.get(FORM_TOKEN_HEADER, ""))
        return handle if wrote and self.is_own_page(request) else None

    def is_own_page(self, request: Request) -> bool:
        """Whether a page of ours sent what changes something; where the browser does not say, it did not."""
        site = request.headers.get(_SITE)
        return site == _OWN if site is not None else request.headers.get("Origin") == self._origin

    def require_own_page(self, request: Request) -> None:
        """Raise `FormFromElsewhere` unless a page of ours sent the request."""
        if not self.is_own_page(request):
            raise FormFromElsewhere(
                "this form was not sent by a page of Hilum: open it here, and send it again", code="forbidden"
            )

    def require_own_form(self, request: Request, handle: SessionHandle, largest: int = LARGEST_FORM) -> None:
        """Raise `FormFromElsewhere` for what changes something, unless a form of this session sent it.

        Raises `RequestEntityTooLarge` where the form is larger than `largest` bytes.
        """
        if request.method in _SAFE:
            return
        self.require_own_page(request)
        request.max_content_length = largest
        if not handle.wrote(request.form.get(FORM_TOKEN, "")):
            raise FormFromElsewhere("this form is not from this session: open it again, and send it then")

    def give(self, answer: Response, handle: SessionHandle) -> None:
        """Have the browser keep a handle until it is closed."""
        self._keep(answer, self._cookie, handle.secret)

    def errand_of(self, request: Request) -> str:
        """What the browser keeps while somebody is at a provider; empty where nobody is."""
        return request.cookies.get(f"{self._cookie}-errand", "")

    def send_off(self, answer: Response, sealed: str) -> None:
        """Have the browser keep an errand for as long as it may take."""
        self._keep(answer, f"{self._cookie}-errand", sealed, ERRAND_SECONDS)

    def welcome_back(self, answer: Response) -> None:
        """Have the browser forget its errand."""
        self._forget(answer, f"{self._cookie}-errand")

    def take(self, answer: Response) -> None:
        """Have the browser forget what it keeps."""
        self._forget(answer, self._cookie)

    def _keep(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        answer.set_cookie(name, value, seconds, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def _forget(self, answer: Response, name: str) -> None:
        answer.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="Lax")


def which_browser(request: Request) -> WhichBrowser:
    """What the browser says of itself, and where it is."""
    return WhichBrowser(request.headers.get("User-Agent", ""), request.remote_addr or "")
