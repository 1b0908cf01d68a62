"""`/`: one plain page for whoever opens the address in a browser; its numbers are counts, never patients."""

from flask import Blueprint, Response, render_template

from app.bootstrap import Services
from app.web.guard import public
from graph.stores.census import census


def blueprint(services: Services) -> Blueprint:
    """The one page."""
    rooms = Blueprint("pages", __name__, template_folder="templates")

    @rooms.get("/")
    @public
    def front() -> str:
        return render_template(
            "front.html",
            counts=census(services.graph, services.config.tenant),
            base=services.config.base_url,
            demo=services.config.demo,
        )

    @rooms.get("/front.css")
    @public
    def style() -> Response:
        return Response(render_template("front.css"), content_type="text/css")

    return rooms
