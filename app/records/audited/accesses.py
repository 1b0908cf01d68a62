"""An access in a line, of its AuditEvent: who, when, why, what, and with which outcome."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AccessLine:
    """An access; empty is what its event does not say. `concerned` are references, as `Patient/7`."""

    at: str
    account: str
    role: str
    app: str
    address: str
    purpose: str
    action: str
    interaction: str
    failed: bool
    concerned: tuple[str, ...]


def access_line(event: Mapping[str, Any]) -> AccessLine:
    """The line of an AuditEvent."""
    agents = event["agent"]
    asking: Mapping[str, Any] = next((each for each in agents if each.get("requestor")), {})
    others = [each for each in agents if each is not asking]
    purpose: Mapping[str, Any] = next(iter(event.get("purposeOfEvent") or ()), {})
    references = (str((each.get("what") or {}).get("reference", "")) for each in event.get("entity") or ())
    return AccessLine(
        at=str(event.get("recorded", "")),
        account=str(asking.get("name", "")),
        role=next((_code(each) for each in asking.get("role") or ()), ""),
        app=_first(each.get("name") for each in others),
        address=_first((each.get("network") or {}).get("address") for each in agents),
        purpose=str(purpose.get("text") or _code(purpose)),
        action=str(event.get("action", "")),
        interaction=_code({"coding": list(event.get("subtype") or ())[-1:]}),
        failed=event.get("outcome", "0") != "0",
        concerned=tuple(filter(None, references)),
    )


def _code(concept: Mapping[str, Any]) -> str:
    return _first(each.get("code") for each in concept.get("coding") or ())


def _first(values: Iterable[Any]) -> str:
    return str(next(filter(None, values), ""))
