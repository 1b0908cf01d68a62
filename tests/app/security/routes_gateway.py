"""The routes beside pictures and record: cohorts, jobs, who signs in, and what anybody may read."""

import json

from tests.app.security.planting import Target, cohort_question
from tests.app.security.routes import (
    ASK,
    AUDIT,
    CANCEL,
    FORM,
    MANAGE,
    OPEN,
    OPERATE,
    OWN,
    PURGE,
    QUERY,
    RECORD,
    REVIEW,
    Route,
)


def _diagnosis(target: Target) -> bytes:
    return f'{target.condition}"'.encode()


def _mark(target: Target) -> bytes:
    return target.mark.encode()


def _question(target: Target) -> bytes:
    return json.dumps(cohort_question(target)).encode()


def _explained(target: Target) -> bytes:
    return json.dumps({"question": cohort_question(target)}).encode()


def _changes(target: Target) -> bytes:
    return json.dumps({"question": cohort_question(target), "changes": []}).encode()


def _saving(target: Target) -> bytes:
    return json.dumps({"name": "A cohort", "question": cohort_question(target)}).encode()


def _words(_target: Target) -> bytes:
    return json.dumps({"question": "patients over 45 with osteosarcoma", "asOf": "2026-11-22"}).encode()


def _code(target: Target) -> bytes:
    return target.code.encode()


_SAVED, _SAVED_PATH = "/cohorts/saved/<cohort_id>", "/cohorts/saved/{mark}"
COHORT = (
    Route(
        "POST /cohorts/query",
        ASK,
        "/cohorts/query",
        _question,
        QUERY,
        shows=_diagnosis,
        hidden_from=frozenset({"researcher"}),
    ),
    Route(
        "POST /cohorts/query",
        ASK,
        "/cohorts/query?table=dx",
        _question,
        {**QUERY, "Accept": "text/csv"},
        shows=lambda target: target.condition.encode(),
        hidden_from=frozenset({"researcher"}),
        name="as a table",
    ),
    Route(
        f"GET {_SAVED}/answer",
        ASK,
        f"{_SAVED_PATH}/answer",
        shows=_diagnosis,
        before="cohort",
        hidden_from=frozenset({"researcher"}),
    ),
)

# What it shows is what is asked, with the codes of its names, of which a planted row has none.
PLAIN_WORDS = (Route("POST /cohorts/ask", ASK, "/cohorts/ask", _words, QUERY),)

# What they show is what is asked; whom it finds is told by numbers, and where something changed.
SAVED_COHORTS = (
    Route("POST /cohorts/explain", ASK, "/cohorts/explain", _explained, QUERY),
    Route("GET /cohorts/saved", ASK, "/cohorts/saved"),
    Route("POST /cohorts/saved", ASK, "/cohorts/saved", _saving, QUERY, status=201, changes=True),
    Route(f"GET {_SAVED}", ASK, _SAVED_PATH, shows=_code, before="cohort"),
    Route(f"PUT {_SAVED}", ASK, "/cohorts/saved/{mark}-none", _saving, QUERY, status=404),
    Route(f"DELETE {_SAVED}", ASK, "/cohorts/saved/{mark}-none", status=404),
    Route(f"GET {_SAVED}/versions", ASK, f"{_SAVED_PATH}/versions", shows=_code, before="cohort"),
    Route(f"GET {_SAVED}/versions/<number>", ASK, f"{_SAVED_PATH}/versions/1", shows=_code, before="cohort"),
    Route(f"POST {_SAVED}/refresh", ASK, f"{_SAVED_PATH}/refresh", status=201, before="cohort"),
    Route(f"GET {_SAVED}/refreshes", ASK, f"{_SAVED_PATH}/refreshes", before="cohort"),
    Route(
        f"GET {_SAVED}/refreshes/<number>", ASK, f"{_SAVED_PATH}/refreshes/99", status=404, before="cohort"
    ),
    Route(f"GET {_SAVED}/diff", ASK, f"{_SAVED_PATH}/diff?from=v1&to=v1", before="cohort"),
)
COHORT_PAGE = (
    Route("GET /cohorts/forms", ASK, "/cohorts/forms", instead="cohort.count"),
    Route("GET /cohorts/sets", ASK, "/cohorts/sets?name=diabetes", instead="cohort.count"),
    Route("POST /cohorts/words", ASK, "/cohorts/words", _question, QUERY, instead="cohort.count"),
    Route("POST /cohorts/changes", ASK, "/cohorts/changes", _changes, QUERY, instead="cohort.count"),
    Route(
        "GET /cohorts/people",
        RECORD,
        "/cohorts/people?ids={patient}",
        shows=lambda target: f'"{target.patient}":'.encode(),
    ),
)
_OPERATION = "/operations/<operation_id>"
_OPERATION_PATH = "/operations/{mark}"
OPERATIONS = (
    Route("GET /operations", OPERATE, "/operations?limit=200", shows=_mark, changes=True),
    Route("POST /operations/purge", PURGE, "/operations/purge", status=202),
    Route(f"GET {_OPERATION}", OPERATE, _OPERATION_PATH, status=202, shows=_mark),
    Route(f"DELETE {_OPERATION}", CANCEL, _OPERATION_PATH, status=202, shows=_mark, changes=True),
)


def _client(target: Target) -> bytes:
    return json.dumps({"clientId": target.mark, "redirectUris": ["https://app.example/"]}).encode()


def _launch(target: Target) -> bytes:
    return json.dumps({"patient": target.patient}).encode()


CLIENTS = (
    Route("GET /administration/clients", MANAGE, "/administration/clients"),
    Route(
        "POST /administration/clients",
        MANAGE,
        "/administration/clients",
        _client,
        QUERY,
        status=201,
        changes=True,
    ),
    Route(
        "PUT /administration/clients/<client_id>",
        MANAGE,
        "/administration/clients/{mark}-x",
        lambda _: b'{"redirectUris": ["https://app.example/"]}',
        QUERY,
        status=404,
    ),
    Route(
        "DELETE /administration/clients/<client_id>", MANAGE, "/administration/clients/{mark}-x", status=404
    ),
)

# Whom an app is opened for has to be there to see; a handle tells nothing of it.
LAUNCHES = (Route("POST /auth/launch", RECORD, "/auth/launch", _launch, QUERY, status=201),)
_PLAIN = {"Content-Type": "application/json"}
_ROLES, _USERS, _GRANTS = "/administration/roles", "/administration/users", "/administration/grants"


def _role(_: Target) -> bytes:
    return b'{"purpose": "TREAT", "actions": ["fhir.read"], "rows": []}'


def _user(_: Target) -> bytes:
    return b'{"role": "auditor"}'


def _grant(target: Target) -> bytes:
    return json.dumps({"patient": target.patient}).encode()


def _breaking(target: Target) -> bytes:
    why = {"reason": "ETREAT", "text": "an emergency of the test"}
    return json.dumps({"patient": target.patient, **why}).encode()


def _seen(_: Target) -> bytes:
    return b'{"comment": "looked at"}'


def _judging(_: Target) -> bytes:
    return b'{"verdict": "justified"}'


_ACCESSES = "/administration/audit/patients/<patient_id>"

# Who manages is told nothing of a row; what is opened or judged is an id of its own.
ADMINISTRATION = (
    Route(f"GET {_ROLES}", MANAGE, _ROLES),
    Route(f"GET {_ROLES}/<role>", MANAGE, f"{_ROLES}/auditor"),
    Route(f"PUT {_ROLES}/<role>", MANAGE, f"{_ROLES}/{{mark}}", _role, _PLAIN, status=201, changes=True),
    Route(f"DELETE {_ROLES}/<role>", MANAGE, f"{_ROLES}/{{mark}}-none", status=404),
    Route(f"GET {_USERS}", MANAGE, _USERS),
    Route(f"GET {_USERS}/<user>", MANAGE, f"{_USERS}/{{mark}}-none", status=404),
    Route(f"PUT {_USERS}/<user>", MANAGE, f"{_USERS}/{{mark}}", _user, _PLAIN, status=201, changes=True),
    Route(f"POST {_USERS}/<user>/secret", MANAGE, f"{_USERS}/{{mark}}-none/secret", status=404),
    *(
        Route(f"DELETE {_USERS}/<user>/{what}", MANAGE, f"{_USERS}/{{mark}}-none/{what}", status=404)
        for what in ("second-factor", "sessions")
    ),
    Route(f"GET {_GRANTS}/<user>", MANAGE, f"{_GRANTS}/{{mark}}-none", status=404),
    Route(f"POST {_GRANTS}/<user>", MANAGE, f"{_GRANTS}/{{mark}}-none", _grant, _PLAIN, status=404),
    Route(f"DELETE {_GRANTS}/<user>/<grant_id>", MANAGE, f"{_GRANTS}/{{mark}}-none/x", status=404),
    Route("GET /administration/alerts", AUDIT, "/administration/alerts"),
    Route(
        "POST /administration/alerts/<alert_id>/acknowledge",
        AUDIT,
        "/administration/alerts/{mark}/acknowledge",
        _seen,
        _PLAIN,
        status=404,
    ),
    Route("GET /administration/audit/checkpoint", AUDIT, "/administration/audit/checkpoint", status=404),
    Route(f"GET {_ACCESSES}", AUDIT, "/administration/audit/patients/{patient}"),
    Route(
        f"GET {_ACCESSES}/disclosures",
        AUDIT,
        "/administration/audit/patients/{patient}/disclosures",
        instead=OWN,
    ),
    Route("POST /break-glass", OPEN, "/break-glass", _breaking, _PLAIN, status=201, changes=True),
    Route("GET /break-glass", REVIEW, "/break-glass", instead=OPEN),
    Route("DELETE /break-glass/<glass_id>", REVIEW, "/break-glass/{mark}", status=404, instead=OPEN),
    Route(
        "POST /break-glass/<glass_id>/review",
        REVIEW,
        "/break-glass/{mark}/review",
        _judging,
        _PLAIN,
        status=404,
    ),
)
OPEN_TO_ALL = (
    "/",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/auth/jwks",
    "/auth/sign-in",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/fhir/metadata",
    "/fhir/.well-known/smart-configuration",
    "/openapi.json",
    "/docs/",
    "/docs/start.js",
)
PUBLIC = (
    *(Route(f"GET {path}", None, path) for path in OPEN_TO_ALL),
    Route("GET /docs/<name>", None, "/docs/swagger-ui.css"),
    Route("GET /assets/<name>", None, "/assets/hilum.css"),
    Route("GET /viewer/app-config.js", None, "/viewer/app-config.js"),
    Route("GET /viewer/<path:name>", None, "/viewer/app.bundle.css"),
)
TOKEN = Route("POST /auth/token", None, "/auth/token", headers=FORM)

# What anybody may call to prove who they are, or that a token is theirs.
SIGN_IN = (
    TOKEN,
    Route("POST /auth/sign-in", None, "/auth/sign-in", headers=FORM),
    *(
        Route(f"POST {path}", None, path, headers=FORM)
        for path in ("/auth/second-factor", "/auth/second-factor/enrolment")
    ),
    Route("GET /auth/providers/<provider>/callback", None, "/auth/providers/none/callback"),
    Route("POST /auth/sign-out", None, "/auth/sign-out", headers=FORM),
    Route("GET /auth/authorize", None, "/auth/authorize"),
    Route("POST /auth/authorize", None, "/auth/authorize", headers=FORM),
    Route("POST /auth/introspect", None, "/auth/introspect", headers=FORM),
    Route("POST /auth/revoke", None, "/auth/revoke", headers=FORM),
)

# Pages of a sign-in, and of whoever is signed in at a browser: `tests/app/http/sessions` asks them.
OF_BROWSERS = (
    Route("GET /account", None, "/account"),
    Route("GET /viewer", None, "/viewer?StudyInstanceUIDs=1.2.3"),
    Route("GET /viewer/<any(viewer, microscopy, segmentation):mode>", None, "/viewer/viewer"),
    Route("POST /patients/<patient_id>/overview/read", None, "/patients/none/overview/read", headers=FORM),
    Route("GET /auth/second-factor", None, "/auth/second-factor"),
    Route("GET /auth/second-factor/enrolment", None, "/auth/second-factor/enrolment"),
    Route("GET /auth/providers/<provider>", None, "/auth/providers/none"),
    *(
        Route(f"POST {path}", None, path, headers=FORM)
        for path in (
            *("/account/password", "/account/second-factor/remove", "/account/second-factor/codes"),
            *("/account/sessions/end", "/account/sessions/end-all"),
        )
    ),
)
