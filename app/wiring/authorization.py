"""The window of the authorization server, made of the parts of a process."""

from functools import partial

from app.http.authorization.discovery import TOKEN_PATH
from app.http.authorization.server import AuthorizationUses
from app.http.fhircast.routes import HUB_PATH
from app.http.kit.browsers import Browsers
from app.records.people import PatientPicker
from app.security.authorization.assertions import ClientAssertions
from app.security.authorization.client_keys import ClientKeys
from app.security.authorization.grants import Granting
from app.security.authorization.issuing import Issuing
from app.security.authorization.launches import Launches
from app.security.authorization.token_endpoints import KnownTokens
from app.security.providers import sign_in_elsewhere
from app.security.scopes import system_scope
from app.security.tokens import LocalVerifier
from app.wiring.process import Wiring


def authorization_uses(wiring: Wiring) -> AuthorizationUses:
    """What the window of the authorization server calls."""
    site, config, kept = wiring.sites.own, wiring.config, wiring.authorizations
    tenant = site.tenant
    sign_in = wiring.sign_in
    issuing = Issuing(kept, wiring.issuer, wiring.id_token_key, tenant, config.refresh_seconds)
    return AuthorizationUses(
        tokens=wiring.account_tokens,
        id_key=wiring.id_token_key.public(),
        registered=partial(wiring.registered_clients.find, system_scope(tenant)),
        guesses=wiring.guesses,
        sign_in=sign_in,
        sessions=wiring.browser_sessions,
        rights=wiring.browser_rights,
        granting=Granting(
            kept,
            issuing,
            wiring.account_tokens,
            sign_in,
            tenant,
            wiring.cast_topics,
            config.base_url + HUB_PATH,
        ),
        assertions=ClientAssertions(
            ClientKeys(config.key_origins), kept, tenant, config.base_url + TOKEN_PATH
        ),
        known=KnownTokens(kept, LocalVerifier(wiring.key, config.base_url), sign_in, tenant),
        launches=Launches(kept, wiring.registered_clients, tenant, site.fhir_base),
        clients=wiring.clients,
        picker=PatientPicker(wiring.record_search, wiring.reader),
        browsers=Browsers(config.base_url),
        fhir_base=site.fhir_base,
        elsewhere=sign_in_elsewhere(config),
    )
