"""Under what terms texts are taken into the record of one gateway, whichever way they come."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.records.parameters import NOTHING_ADDED, AddedParameters
from app.records.validate.library import ProfileLibrary
from graph.scope import AccessScope
from graph.site import Site


@dataclass(frozen=True, slots=True)
class WritingTerms:
    """Whose texts they are, what those that claim a profile must meet, and what more they are found by."""

    site: Site
    profiles: ProfileLibrary
    added: AddedParameters = NOTHING_ADDED

    def at(self, scope: AccessScope) -> Site:
        """The site, with the search parameters that the caller's tenant added."""
        return self.added.at(self.site, scope)

    def require_met(self, scope: AccessScope, document: Mapping[str, Any]) -> None:
        """Require that a resource meets the profiles that it claims; raises `InvalidResource`."""
        self.profiles.require_met(scope, document)
