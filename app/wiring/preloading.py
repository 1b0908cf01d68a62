"""Settings of gunicorn that are code, or decisions that no setting of ours may move.

The gateway is imported once, before the workers fork. That halves the start and lets the workers share the
memory of the modules. The parts are made after the fork, in each worker, by `wsgi`.
"""

from collections.abc import Mapping
from importlib import import_module

from app.processes.collecting import collect_seldom

logger_class = "app.http.kit.server_log.ServerLog"

# By default gunicorn believes whoever connects from this machine: about SCRIPT_NAME, PATH_INFO and the
# scheme. Where a request came to is a setting (`app/http/kit/doorway.py`), so none of its own belief is
# wanted.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: Mapping[str, str] = {}
header_map = "drop"  # X_Forwarded_For is not X-Forwarded-For


def on_starting(_server: object) -> None:
    """Import every window into the process that the workers are forked from."""
    import_module("app.wiring.web")
    collect_seldom()
