"""`/preferences`: the language and the theme that somebody wants, kept by their browser."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from app.http.kit.browsers import LARGEST_FORM, Browsers
from app.http.kit.frame import PREFERENCES_PATH
from app.http.kit.guard import public
from app.http.kit.languages import LANGUAGES
from app.http.kit.own_paths import own_path, see_other
from app.http.kit.preferences import Preferences, Theme, chosen, keep

_THEMES: Mapping[str, str] = {"system": "", **{str(each): str(each) for each in Theme}}
_KEYS: Mapping[str, bool] = {"on": True, "off": False}


def _wanted() -> Preferences:
    """What a form chooses, beside what was chosen before; what is no choice of ours changes nothing."""
    before, form = chosen(request), request.form
    language, theme = form.get("language", ""), form.get("theme", "")
    return Preferences(
        language if language in LANGUAGES else before.language,
        _THEMES.get(theme, before.theme),
        _KEYS.get(form.get("keys", ""), before.keys),
    )


def add_preferences(rooms: Blueprint, browsers: Browsers, base: str) -> None:
    """Add the route that the menu of every page sends its choice to."""

    @rooms.post(PREFERENCES_PATH)
    @public
    def choose() -> Response:
        request.max_content_length = LARGEST_FORM
        browsers.require_own_page(request)
        answer = see_other(f"{base}{own_path(request.form.get('next'))}")
        keep(answer, _wanted(), secure=base.startswith("https:"))
        return answer
