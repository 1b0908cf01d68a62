"""What somebody may do now: their account, the role that counts, and the rows that its sources give."""

from app.security.roles import SHIPPED
from app.security.scopes import scope_for, system_scope
from app.security.tokens import Principal
from graph.accounts.accounts import AccountStore
from graph.accounts.records import Account, Entitlement, Grants
from graph.accounts.roles import AccessRole, RowSource
from graph.keys import resource_of
from graph.scope import AccessScope

OPEN_BY_BREAKING = "break-glass.open"
_NOBODYS = Account(name="", role="", disabled=False, secret_hash=None, grants=Grants())


class CallerRights:
    """Looks rights up, as they are in the graph at that moment."""

    def __init__(self, accounts: AccountStore) -> None:
        self._accounts = accounts

    def find(self, principal: Principal, tenant: str) -> AccessScope | None:
        """The rights of somebody; None where their account is not there or is disabled.

        Who comes from a provider needs no account, and has the role that it names. Raises `Forbidden` where
        the role is none of ours.
        """
        system = system_scope(tenant)
        claimed = () if principal.local else principal.roles or (principal.role or "",)
        found = self._accounts.entitled(system, principal.subject, claimed)
        account = found.account
        if account is None and principal.local:
            return None
        if account is not None and account.disabled:
            return None
        names = (account.role,) if account is not None and principal.local else claimed
        name = next((each for each in names if each in found.roles or each in SHIPPED), "")
        own = found.roles.get(name)
        role = own or SHIPPED.get(name)
        grants = self._rows(system, found, role) if role is not None else Grants()
        return scope_for(principal, tenant, name, grants, own=own)

    def _rows(self, system: AccessScope, found: Entitlement, role: AccessRole) -> Grants:
        """The rows that the sources of the role give, and the purposes that were granted."""
        account = found.account or _NOBODYS
        granted = account.grants if RowSource.GRANTED in role.rows else Grants()
        patients, studies = set(granted.patients), set(granted.studies)
        person = account.fhir_user
        if RowSource.OWN in role.rows and person and "|Patient|" in person:
            patients.add(person)
        if RowSource.ASSIGNED in role.rows and person:
            studies |= self._accounts.assigned(system, person)
        if RowSource.DEPARTMENT in role.rows and (person or account.departments):
            patients |= self._accounts.patients_of(system, person, account.departments)
        opened = found.opened if role.allows(OPEN_BY_BREAKING) else frozenset()
        return Grants(
            frozenset(patients) | opened,
            frozenset(studies),
            account.grants.purposes,
            opened,
            frozenset(map(resource_of, filter(None, (person, *account.departments)))),
        )
