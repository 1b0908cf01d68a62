"""Whether a code is in a value set, for whoever checks what is written: with the tenant's own definitions.

R4's own sets mean what R4 says, whatever is stored under their canonicals, and are asked of no graph.
"""

from app.terminology.library import Definitions, TenantLibrary
from fhir_profiles.terminology.membership import SHIPPED, Checking, Membership
from graph.errors import Unavailable
from graph.scope import AccessScope


class TenantMembership:
    """Checks codes for one caller, by what the caller may see."""

    def __init__(self, definitions: Definitions, scope: AccessScope) -> None:
        self._checking = Checking(TenantLibrary(definitions, scope, {}))

    def membership(self, value_set: str, system: str | None, code: str) -> Membership:
        """Whether a value set, named by its canonical, holds a code of a system; None is of a `code` element.

        What is being brought into the graph is not known yet.
        """
        found = SHIPPED.membership(value_set, system, code)
        if found is not Membership.UNKNOWN:
            return found
        try:
            return self._checking.membership(value_set, system, code)
        except Unavailable:
            return Membership.UNKNOWN
