"""Access scopes for tests, one role each, straight from the policy table."""

from app.security.policy import PSEUDONYMOUS
from app.security.roles import SHIPPED, permissions_of
from graph.accounts.roles import RoleView
from graph.scope import AccessScope


def scope_of(role: str = "clinician", *, tenant: str = "default", subject: str | None = None) -> AccessScope:
    """The scope of a user of that role who sees every row."""
    held = SHIPPED[role]
    return AccessScope(
        tenant=tenant,
        subject=subject or f"a-{role}",
        role=role,
        purpose=held.purpose if held.view is RoleView.IDENTIFIED else PSEUDONYMOUS,
        permissions=permissions_of(held),
    )
