"""What is offered here, for anybody who asks (FHIR R4 http.html#capabilities): also in a Bundle."""

from collections.abc import Collection
from functools import lru_cache

from app.http.fhir.capabilities import capability_statement
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.interactions import Interaction
from app.http.fhir.operations import FhirOperation
from app.http.fhir.table import OwnParameters
from app.http.fhir.terminology_capabilities import MODE, TERMINOLOGY, terminology_capabilities
from app.site import Sites
from fhir_profiles.definitions.added import AddedParameter
from graph.clock import instant, now
from graph.scope import AccessScope

METADATA = "/metadata"


class MetadataView:
    """The answers to who asks what is offered: made once, and again when a tenant adds search parameters."""

    def __init__(
        self,
        offered: Collection[str],
        operations: Collection[FhirOperation],
        sites: Sites,
        own_parameters: OwnParameters,
    ) -> None:
        base, started = sites.own.fhir_base, instant(now())

        @lru_cache(maxsize=1)
        def statement(added: tuple[AddedParameter, ...]) -> bytes:
            return capability_statement(
                base, started, offered, operations, added, chosen_ids=sites.own.chosen_ids
            )

        self._statement, self._own_parameters = statement, own_parameters
        self._base, self._started = base, started

    def told(self, call: Call) -> Answer:
        """200 with the CapabilityStatement, or with the TerminologyCapabilities for that mode."""
        if call.parameter(MODE) == TERMINOLOGY:
            return Answer(200, terminology_capabilities(self._base, self._started))
        return Answer(200, self._statement(self._own_parameters()))

    def interaction(self) -> Interaction:
        """Its row of the table that entries of Bundles are routed by."""
        return Interaction("capabilities", "GET", METADATA, "fhir.read", self._told_to)

    def _told_to(self, _: AccessScope, call: Call) -> Answer:
        return self.told(call)
