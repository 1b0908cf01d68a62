"""The pages of who is signed in at a browser, which show what their data show, and to nobody else."""

from collections.abc import Mapping

from tests.app.security.planting import Target
from tests.app.security.routes import READ, RECORD, Route

HTML: Mapping[str, str] = {"Accept": "text/html"}


def _marked(target: Target) -> bytes:
    return target.mark.encode()


def _called(target: Target) -> bytes:
    """The name, which is more than what was asked for."""
    return f"{target.mark} Canary".encode()


def _page(rule: str, needs: str, path: str, **more: object) -> Route:
    given: dict[str, object] = {"headers": HTML, "shows": _marked, "page": True, **more}
    return Route(f"GET {rule}", needs, path, **given)  # type: ignore[arg-type]


PAGES = (
    _page("/patients/<patient_id>", RECORD, "/patients/{patient}"),
    _page("/studies/<study>", READ, "/studies/{study}", by_study=True),
    _page("/search", RECORD, "/search?q={mark}", shows=_called, by_study=True, instead=READ),
)
