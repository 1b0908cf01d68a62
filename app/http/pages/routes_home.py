"""`/home`: what somebody needs today, by what they may do."""

from flask import Blueprint, render_template

from app.http.kit.guard import signed_in
from app.http.kit.own_paths import HOME_PATH


def add_home(rooms: Blueprint) -> None:
    """Add the home page."""

    @rooms.get(HOME_PATH)
    @signed_in("R")
    def home() -> str:
        return render_template("home.html")
