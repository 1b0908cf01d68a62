"""The pages of who is signed in at a browser, which show what their data show, and to nobody else."""

from collections.abc import Mapping

from tests.app.security.planting import Target
from tests.app.security.routes import (
    ASK,
    AUDIT,
    FORM,
    LIST,
    MANAGE,
    OPERATE,
    READ,
    RECORD,
    REPORT,
    Route,
)

HTML: Mapping[str, str] = {"Accept": "text/html"}


def _marked(target: Target) -> bytes:
    return target.mark.encode()


def _called(target: Target) -> bytes:
    """The name, which is more than what was asked for."""
    return f"{target.mark} Canary".encode()


def page_of(rule: str, needs: str, path: str, **more: object) -> Route:
    given: dict[str, object] = {"headers": HTML, "shows": _marked, "page": True, **more}
    return Route(f"GET {rule}", needs, path, **given)  # type: ignore[arg-type]


PAGES = (
    page_of("/patients/<patient_id>", RECORD, "/patients/{patient}"),
    page_of("/patients/<patient_id>/overview", RECORD, "/patients/{patient}/overview"),
    page_of("/studies/<study>", READ, "/studies/{study}", by_study=True),
    page_of("/studies/<study>/report", REPORT, "/studies/{study}/report", by_study=True),
    page_of("/reports/<report>", RECORD, "/reports/{report}", before="report", shows=_called),
    page_of(
        "/reports/<report>/correction",
        REPORT,
        "/reports/{report}/correction",
        before="report",
        shows=_called,
    ),
    page_of("/worklist/<workitem>", LIST, "/worklist/{workitem}", by_study=True),
    page_of("/search", RECORD, "/search?q={mark}", shows=_called, by_study=True, instead=READ),
)

# Who manages, or is about to ask, is told nothing of a row: accounts, jobs and accesses by their names.
MANAGING_PAGES = (
    *(
        page_of(f"/manage/{name}", needs, f"/manage/{name}", shows=None)
        for name, needs in (
            *(("users", MANAGE), ("roles", MANAGE), ("apps", MANAGE), ("jobs", OPERATE)),
            *(("new-role", MANAGE), ("new-app", MANAGE), ("alerts", AUDIT), ("health", OPERATE)),
        )
    ),
    page_of("/manage/users/<user>", MANAGE, "/manage/users/{mark}-none", shows=None, status=404),
    page_of("/manage/roles/<role>", MANAGE, "/manage/roles/{mark}-none", shows=None, status=404),
    page_of("/manage/apps/<app>", MANAGE, "/manage/apps/{mark}-none", shows=None, status=404),
    page_of("/cohorts", ASK, "/cohorts", shows=None),
    page_of("/manage/audit", AUDIT, "/manage/audit?patient={patient}", shows=None),
)

# What leads on, and forms, which bring the token of their session: `tests/app/http/pages` sends them.
FORMS_OF_PAGES = (
    Route("GET /home", None, "/home"),
    Route("GET /worklist", None, "/worklist"),
    Route("POST /cohorts", None, "/cohorts", headers=FORM),
    Route("GET /manage", None, "/manage"),
    Route("POST /studies/<study>/report", None, "/studies/1.2.3/report", headers=FORM),
    *(
        Route(f"POST /reports/<report>/{each}", None, f"/reports/none/{each}", headers=FORM)
        for each in ("correction", "addendum", "withdrawal", "acknowledgement")
    ),
    Route("POST /preferences", None, "/preferences", headers=FORM),
    *(
        Route(f"POST /worklist/<workitem>/{deed}", None, f"/worklist/1.2.3/{deed}", headers=FORM)
        for deed in ("claim", "open", "give-back", "done")
    ),
    Route("POST /worklist/studies/<study>/open", None, "/worklist/studies/1.2.3/open", headers=FORM),
    *(
        Route(f"POST /manage/{rule}", None, f"/manage/{path}", headers=FORM)
        for rule, path in (
            ("users", "users"),
            *(
                (f"users/<user>{each}", f"users/none{each}")
                for each in ("", "/grants", "/take-back", "/sign-out")
            ),
            *((name, name) for name in ("roles", "apps")),
            *((f"roles/<role>{each}", f"roles/none{each}") for each in ("", "/remove")),
            *((f"apps/<app>{each}", f"apps/none{each}") for each in ("", "/remove")),
            ("jobs/<job>/cancel", "jobs/none/cancel"),
            ("alerts/<alert>/acknowledge", "alerts/none/acknowledge"),
        )
    ),
)
