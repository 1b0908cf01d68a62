"""Roles, users, grants and opened records as JSON; what there is none of is left out."""

from collections.abc import Mapping
from typing import Any

from app.audit.alerts import Alert
from app.records.audited import AccountedDisclosure
from app.security.administration import AccountLine, GrantLine
from app.security.break_glass import BrokenGlass
from app.security.roles import SHIPPED, permissions_of
from graph.accounts.roles import AccessRole, role_document
from graph.clock import instant


def role_shown(role: AccessRole) -> dict[str, Any]:
    """A role, with what it may do by what it says."""
    permissions = sorted(permissions_of(role))
    return {**role_document(role), "permissions": permissions, "shipped": SHIPPED.get(role.name) == role}


def user_shown(line: AccountLine) -> dict[str, Any]:
    """An account, without its grants."""
    return {
        "name": line.name,
        "role": line.role,
        "disabled": line.disabled,
        "hasSecret": line.has_secret,
        "fhirUser": line.fhir_user,
        "departments": list(line.departments),
    }


def grant_shown(line: GrantLine) -> dict[str, Any]:
    """A grant."""
    return _known(
        id=line.id,
        patient=line.patient,
        study=line.study,
        purpose=line.purpose,
        until=_moment(line.until),
        grantedAt=instant(line.at),
        grantedBy=line.by,
    )


def glass_shown(glass: BrokenGlass) -> dict[str, Any]:
    """A record that was opened, with what was judged of that."""
    return _known(
        id=glass.id,
        user=glass.subject,
        role=glass.role,
        patient=glass.patient,
        reason=glass.reason,
        text=glass.text,
        openedAt=instant(glass.opened_at),
        until=instant(glass.until),
        endedBy=glass.ended_by,
        reviewedAt=_moment(glass.reviewed_at),
        reviewedBy=glass.reviewed_by,
        verdict=glass.verdict,
        comment=glass.comment,
    )


def access_shown(event: Mapping[str, Any]) -> dict[str, Any]:
    """An access, of its AuditEvent: what who asks who saw a record wants to know."""
    asking = next(agent for agent in event["agent"] if agent["requestor"])
    agents = event["agent"]
    request = next(entity for entity in event["entity"] if entity.get("detail"))
    return _known(
        id=event["id"],
        at=event["recorded"],
        account=asking.get("name"),
        role=next((each["coding"][0]["code"] for each in asking.get("role", ())), None),
        app=next((each["name"] for each in agents if not each["requestor"] and "name" in each), None),
        address=next((each["network"]["address"] for each in agents if "network" in each), None),
        purpose=_purpose(event["purposeOfEvent"][0]),
        action=event["action"],
        interaction=event["subtype"][-1]["code"],
        outcome=event.get("outcome"),
        status=event["outcomeDesc"],
        requestId=request.get("what", {}).get("identifier", {}).get("value"),
    )


def _purpose(purpose: Mapping[str, Any]) -> str:
    return str(purpose.get("text") or purpose["coding"][0]["code"])


def alert_shown(alert: Alert) -> dict[str, Any]:
    """An alert, with who has looked at it."""
    return _known(
        id=alert.id,
        rule=alert.rule,
        at=instant(alert.at),
        by=alert.by,
        who=alert.who,
        count=alert.count,
        entry=alert.entry,
        acknowledgedAt=_moment(alert.acknowledged_at),
        acknowledgedBy=alert.acknowledged_by,
        comment=alert.comment,
    )


def disclosure_shown(disclosure: AccountedDisclosure) -> dict[str, Any]:
    """A disclosure: when, to whom, what, why."""
    return {
        "id": disclosure.id,
        "date": disclosure.at,
        "recipient": dict(disclosure.to),
        "what": list(disclosure.what),
        "purpose": disclosure.why,
    }


def _moment(microseconds: int | None) -> str | None:
    return None if microseconds is None else instant(microseconds)


def _known(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
