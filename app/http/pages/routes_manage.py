"""`/manage`: the pages of administration; who opens it is led to the first that is theirs."""

from flask import Blueprint, Response

from app.http.kit.frame import MANAGE_PATH
from app.http.kit.guard import signed_in
from app.http.kit.request_context import current_scope
from app.http.pages.managing import ManagingPages
from app.http.pages.routes_apps import add_apps
from app.http.pages.routes_people import add_users
from app.http.pages.routes_roles import add_roles
from app.http.pages.routes_running import add_running
from app.http.pages.uses import PageUses


def add_manage(rooms: Blueprint, uses: PageUses) -> None:
    """Add the pages of administration."""
    pages = ManagingPages(uses)

    @rooms.get(MANAGE_PATH)
    @signed_in("R")
    def manage() -> Response:
        return pages.to(pages.tabs_of(current_scope())[0].path)

    add_users(rooms, pages, uses)
    add_roles(rooms, pages, uses)
    add_apps(rooms, pages, uses)
    add_running(rooms, pages, uses)
