"""Access scopes for tests, one role each, straight from the policy table."""

from app.security.policy import PERMISSIONS_OF, PURPOSE_OF
from graph.scope import AccessScope


def scope_of(role: str = "clinician", *, tenant: str = "default", subject: str | None = None) -> AccessScope:
    """The scope of a user of that role who sees every row."""
    return AccessScope(
        tenant=tenant,
        subject=subject or f"a-{role}",
        role=role,
        purpose=PURPOSE_OF[role],
        permissions=PERMISSIONS_OF[role],
    )
