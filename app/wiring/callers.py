"""Who asks: the parts of one process that tell who a caller is and what they may do."""

from functools import cached_property
from time import time

from app.admission import Admission
from app.security.account_tokens import AccountTokens
from app.security.administration import Administration
from app.security.authenticator import Authenticator
from app.security.authorization.origins import AppOrigins
from app.security.authorization.registry import Clients
from app.security.authorization.signing_in import SignIn
from app.security.break_glass import BreakGlass
from app.security.browser_sessions import BrowserSessions, SessionHandle, SessionLimits
from app.security.consents import Consents
from app.security.demo import DemoUsers
from app.security.guesses import Guesses
from app.security.providers import provider_verifiers
from app.security.second_factors import SecondFactors
from app.security.tokens import LocalVerifier, TokenIssuer, Verifier
from app.wiring.stores import Stores
from graph.accounts.break_glass import BreakGlassStore
from graph.resources.consents import ConsentStore
from graph.scope import AccessScope


class Callers(Stores):
    """The parts that know callers, each made when it is first asked for."""

    @cached_property
    def issuer(self) -> TokenIssuer:
        return TokenIssuer(self.key, self.config.base_url, self.config.token_seconds)

    @cached_property
    def account_tokens(self) -> AccountTokens:
        return AccountTokens(self.accounts, self.issuer, self.sites.own.tenant)

    @cached_property
    def guesses(self) -> Guesses:
        return Guesses(self.sign_in_folder / "guesses.db", time)

    @cached_property
    def administration(self) -> Administration:
        return Administration(self.accounts, self.roles)

    @cached_property
    def break_glass(self) -> BreakGlass:
        return BreakGlass(BreakGlassStore(self.graph, self.changing_rights))

    @cached_property
    def demo(self) -> DemoUsers:
        return DemoUsers(self.accounts, self.issuer, self.sites.own.tenant, on=self.config.demo)

    @cached_property
    def authenticator(self) -> Authenticator:
        own: Verifier = LocalVerifier(self.key, self.config.base_url)
        verifiers = (own, *provider_verifiers(self.config))
        return Authenticator(
            verifiers,
            self.accounts,
            self.sites.own.tenant,
            authorizations=self.authorizations,
            sessions=self.browser_sessions,
            edition=self.rights_edition.current,
        )

    @cached_property
    def browser_sessions(self) -> BrowserSessions:
        limits = SessionLimits(self.config.session_idle_seconds, self.config.session_seconds)
        tenant, edition = self.sites.own.tenant, self.rights_edition.current
        return BrowserSessions(self.sessions, limits, tenant, edition)

    @cached_property
    def second_factors(self) -> SecondFactors:
        return SecondFactors(
            self.factors,
            self.accounts,
            self.guesses,
            self.second_factor_key,
            self.sites.own.tenant,
            always=self.config.second_factor,
        )

    @cached_property
    def sign_in(self) -> SignIn:
        return SignIn(self.people, self._account_rights, self.guesses, self.sites.own.tenant)

    def _account_rights(self, name: str, roles: tuple[str, ...]) -> AccessScope:
        """What an account may do now, without what patients' consents keep from it."""
        return self.consents.applied(self.authenticator.of_account(name, roles))

    def browser_rights(self, handle: SessionHandle) -> AccessScope:
        """The same of whoever is signed in at a browser."""
        return self.consents.applied(self.authenticator(handle))

    @cached_property
    def clients(self) -> Clients:
        return Clients(self.registered_clients, self.accounts, self.config.key_origins)

    @cached_property
    def app_origins(self) -> AppOrigins:
        """The origins of the apps that are registered, whose scripts may read answers."""
        return AppOrigins(self.registered_clients, self.sites.own.tenant)

    @cached_property
    def admission(self) -> Admission:
        return Admission(self.authenticator, self.recorder, self.consents.applied)

    @cached_property
    def consents(self) -> Consents:
        return Consents(ConsentStore(self.graph), edition=self.consents_edition.current)
