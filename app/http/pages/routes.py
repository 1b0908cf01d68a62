"""The pages: the front page for whoever opens the address, and behind it those of who is signed in."""

from flask import Blueprint, Response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState

from app.http.kit.frame import install_frame
from app.http.kit.guard import public
from app.http.kit.logging import note_missing_assets
from app.http.kit.own_paths import HOME_PATH
from app.http.pages.files import AssetFiles, add_files
from app.http.pages.routes_home import add_home
from app.http.pages.routes_manage import add_manage
from app.http.pages.routes_patients import add_patients
from app.http.pages.routes_preferences import add_preferences
from app.http.pages.routes_search import add_search
from app.http.pages.routes_studies import add_studies
from app.http.pages.routes_worklist import add_worklist
from app.http.pages.routes_worklist_lines import add_worklist_lines
from app.http.pages.uses import PageUses


def blueprint(uses: PageUses) -> Blueprint:
    """The pages."""
    rooms = Blueprint("pages", __name__, template_folder="templates")
    assets = AssetFiles(uses.base)
    if assets.missing:
        note_missing_assets(assets.missing)

    @rooms.record_once
    def furnish(state: BlueprintSetupState) -> None:
        install_frame(state.app.jinja_env, uses.base, assets.address)

    @rooms.get("/")
    @public
    def front() -> Response | str:
        if uses.browsers.handle_of(request) is not None:
            return redirect(f"{uses.base}{HOME_PATH}")  # type: ignore[return-value]
        return render_template("front.html", parts=uses.readiness.checks(), demo=uses.demo)

    add_files(rooms, assets)
    add_preferences(rooms, uses.browsers, uses.base)
    add_home(rooms, uses)
    add_worklist(rooms, uses)
    add_worklist_lines(rooms, uses)
    add_search(rooms, uses)
    add_patients(rooms, uses)
    add_studies(rooms, uses)
    add_manage(rooms, uses)
    return rooms
