"""How somebody wants to see pages: their language and theme, kept by the browser and by nobody else."""

from dataclasses import dataclass
from enum import StrEnum

from flask import Request, Response

from app.http.kit.words import marked

COOKIE = "hilum-view"
_A_YEAR = 31_536_000
_LONGEST = 32
_SEPARATOR = "."
_NO_KEYS = "off"


class Theme(StrEnum):
    """The colours of the pages; whoever chose none has those that the browser prefers."""

    LIGHT = "light"
    DARK = "dark"

    @property
    def label(self) -> str:
        """What it is called, in English."""
        return _LABELS[self]


_LABELS = {Theme.LIGHT: marked("Light"), Theme.DARK: marked("Dark")}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What was chosen; empty what was not. `keys`: whether single keys do something (WCAG 2.1.4)."""

    language: str = ""
    theme: str = ""
    keys: bool = True


def chosen(request: Request) -> Preferences:
    """What somebody chose at this browser; what is no choice of ours is none."""
    text = request.cookies.get(COOKIE, "")[:_LONGEST]
    language, theme, keys = (*text.split(_SEPARATOR), "", "", "")[:3]
    return Preferences(language, theme if theme in (*Theme,) else "", keys != _NO_KEYS)


def keep(answer: Response, preferences: Preferences, *, secure: bool) -> None:
    """Have the browser keep a choice."""
    keys = "" if preferences.keys else _NO_KEYS
    text = _SEPARATOR.join((preferences.language, preferences.theme, keys))
    answer.set_cookie(COOKIE, text, _A_YEAR, path="/", secure=secure, httponly=True, samesite="Lax")
