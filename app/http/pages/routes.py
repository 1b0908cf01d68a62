"""`/`: one plain page for whoever opens the address in a browser; it tells nobody how much there is."""

from flask import Blueprint, Response, render_template

from app.http.kit.guard import public
from app.processes.readiness import Readiness
from app.site import Sites


def blueprint(*, readiness: Readiness, sites: Sites, demo: bool) -> Blueprint:
    """The one page; `demo` tells that there are demo users."""
    rooms = Blueprint("pages", __name__, template_folder="templates")

    @rooms.get("/")
    @public
    def front() -> str:
        return render_template("front.html", parts=readiness.checks(), base=sites.own.base_url, demo=demo)

    @rooms.get("/front.css")
    @public
    def style() -> Response:
        return Response(render_template("front.css"), content_type="text/css; charset=utf-8")

    return rooms
