"""`/openapi.json` and, at `/docs/`, a page to read and try it; all files are Hilum's own, none is fetched."""

from importlib.resources import files
from pathlib import Path

import orjson
from flask import Blueprint, Response, current_app, render_template, send_from_directory

from app.http.kit.guard import public
from app.http.kit.openapi import specification
from graph.errors import NotFound

ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
_FOLDER = Path(str(files("flask_swagger_ui"))) / "dist"
_ONE_DAY = 86_400


def blueprint() -> Blueprint:
    """The routes of the description."""
    rooms = Blueprint("apidocs", __name__, template_folder="templates")

    @rooms.get("/openapi.json")
    @public
    def document() -> Response:
        return Response(orjson.dumps(specification(current_app)), content_type="application/json")

    @rooms.get("/docs/")
    @public
    def page() -> str:
        return render_template("apidocs.html")

    @rooms.get("/docs/start.js")
    @public
    def start() -> Response:
        return Response(render_template("apidocs.js"), content_type="text/javascript; charset=utf-8")

    @rooms.get("/docs/<name>")
    @public
    def asset(name: str) -> Response:
        if name not in ASSETS:
            raise NotFound("no such file")
        return send_from_directory(_FOLDER, name, max_age=_ONE_DAY)

    return rooms
