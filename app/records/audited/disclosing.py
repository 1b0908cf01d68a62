"""The use case that accounts for disclosures of a record (45 CFR 164.528): when, to whom, what, why.

What is accounted for is every successful reading, search or export that gave out the record, in the six years
before it is asked, but for purposes that the rule leaves out: treatment, payment, operations, and the patient
themselves. A purpose that is not named there counts. An export counts whatever its purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.audit.asking import OWN, READ, AuditReader, AuditWindow, place_of
from app.audit.events import disclosure_event
from app.site import Sites
from graph.clock import instant
from graph.errors import NotFound
from graph.keys import resource_key
from graph.scope import AccessScope
from graph.session import Row

YEARS = 6
EXEMPT = frozenset({"TREAT", "ETREAT", "COC", "HPAYMT", "HOPERAT", "HSYSADMIN", "HCOMPL", "PATRQT"})
"""Purposes that are not accounted for (v3-PurposeOfUse; 45 CFR 164.528 (a)(1)); `pseudonymous` is none."""
_TOLD = ("R", "E")  # actions that give a record out
_SUCCEEDED = ((200, 400),)
_EXPORTS = ("export",)
_AT_ONCE, _MOST_LOOKED_AT = 500, 5_000


@dataclass(frozen=True, slots=True)
class AccountedDisclosure:
    """One disclosure: when (a FHIR instant), to whom, what, why; and the id of the entry that says so."""

    id: str
    at: str
    to: Mapping[str, Any]
    what: tuple[str, ...]
    why: str
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DisclosurePage:
    """Disclosures, the newest first, and the place after which the next page begins; None for the last."""

    disclosures: tuple[AccountedDisclosure, ...]
    after: tuple[int, str] | None


class Disclosures:
    """Accounts for what was disclosed of patients: of all to who reads the audit, to a patient of them."""

    def __init__(self, reader: AuditReader, sites: Sites) -> None:
        self._reader = reader
        self._sites = sites

    def page(
        self,
        scope: AccessScope,
        patient_id: str,
        *,
        now: int,
        limit: int,
        treatment: bool = False,
        after: tuple[int, str] | None = None,
    ) -> DisclosurePage:
        """A page of the disclosures of a patient; `now` in µs.

        With `treatment` also of those purposes that need not be accounted for. Raises `NotFound` for a
        patient who is not the caller, where they may read their own only.
        """
        scope.require(READ, OWN)
        key = resource_key(scope.tenant, "Patient", patient_id)
        names = self._names(scope, key)
        window = AuditWindow(
            limit=_AT_ONCE,
            concerned=(names,),
            actions=_TOLD,
            statuses=_SUCCEEDED,
            since=_years_before(now),
            after=after,
        )
        found: list[AccountedDisclosure] = []
        looked = 0
        while looked < _MOST_LOOKED_AT:
            entries = self._reader.entries(scope, window)
            for entry in entries:
                window = replace(window, after=place_of(scope, entry))
                if treatment or _is_accounted(entry):
                    found.append(self._told(scope, entry, patient_id))
                    if len(found) == limit:
                        return DisclosurePage(tuple(found), window.after)
            if len(entries) < window.limit:
                return DisclosurePage(tuple(found), None)
            looked += len(entries)
        return DisclosurePage(tuple(found), window.after)

    def _names(self, scope: AccessScope, key: str) -> tuple[str, ...]:
        """The keys under which a person is known; their own one to a patient."""
        if READ in scope.permissions:
            return (key, *self._reader.merged(scope, (key,)).get(key, ()))
        if key not in (scope.patients or ()):
            raise NotFound("there is no such patient", location="patient")
        return (key,)

    def _told(self, scope: AccessScope, entry: Row, patient_id: str) -> AccountedDisclosure:
        event = disclosure_event(entry, self._sites.of(scope).base_url, f"Patient/{patient_id}")
        to = {
            "account": entry["subject"],
            "role": entry["role"],
            "app": entry.get("client"),
            "address": entry.get("address"),
        }
        named = (each.get("what", {}).get("reference") for each in event["entity"])
        what = tuple(dict.fromkeys(filter(None, named)))
        return AccountedDisclosure(
            entry["id"],
            instant(entry["at"]),
            {name: value for name, value in to.items() if value},
            what,
            entry["purpose"],
            event,
        )


def _is_accounted(entry: Row) -> bool:
    return entry["purpose"] not in EXEMPT or entry["interaction"] in _EXPORTS


def _years_before(now: int) -> int:
    """The moment six years before another, in µs."""
    moment = datetime.fromtimestamp(now / 1_000_000, UTC)
    try:
        earlier = moment.replace(year=moment.year - YEARS)
    except ValueError:  # the 29th of February
        earlier = moment.replace(year=moment.year - YEARS, day=28)
    return int(earlier.timestamp() * 1_000_000)
