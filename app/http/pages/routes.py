"""`/`: one plain page for whoever opens the address in a browser; its numbers are counts, never patients."""

from flask import Blueprint, Response, render_template

from app.http.kit.guard import public
from app.http.pages.counted import Counted
from app.processes.readiness import readiness
from app.wiring import Services
from graph.census import census


def blueprint(services: Services) -> Blueprint:
    """The one page."""
    rooms = Blueprint("pages", __name__, template_folder="templates")
    counts = Counted(lambda: census(services.graph, services.config.tenant))

    @rooms.get("/")
    @public
    def front() -> str:
        parts = readiness(services)
        return render_template(
            "front.html",
            parts=parts,
            counts=counts() if parts["graph"]["status"] == "pass" else {},
            base=services.config.base_url,
            demo=services.config.demo,
        )

    @rooms.get("/front.css")
    @public
    def style() -> Response:
        return Response(render_template("front.css"), content_type="text/css")

    return rooms
