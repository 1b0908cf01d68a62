"""`/administration` and `/break-glass`: who may do what, and who opened a record in an emergency."""

from flask import Blueprint

from app.http.administration.routes_alerts import add_alerts
from app.http.administration.routes_audit import AuditUses, add_audit
from app.http.administration.routes_break_glass import add_break_glass
from app.http.administration.routes_grants import add_grants
from app.http.administration.routes_roles import add_roles
from app.http.administration.routes_sign_ins import add_sign_ins
from app.http.administration.routes_users import add_users
from app.security.administration import Administration
from app.security.break_glass import BreakGlass
from app.security.browser_sessions import BrowserSessions
from app.security.second_factors import SecondFactors
from app.site import Sites


def blueprint(
    *,
    administration: Administration,
    sessions: BrowserSessions,
    second_factors: SecondFactors,
    break_glass: BreakGlass,
    audit: AuditUses,
    sites: Sites,
) -> Blueprint:
    """The routes of who manages and who judges."""
    rooms = Blueprint("administration", __name__)
    base_url = sites.own.base_url
    add_roles(rooms, administration)
    add_users(rooms, administration, base_url)
    add_sign_ins(rooms, sessions, second_factors)
    add_grants(rooms, administration, base_url)
    add_break_glass(rooms, break_glass, base_url)
    add_audit(rooms, audit, base_url)
    add_alerts(rooms, audit.alerts, base_url)
    return rooms
