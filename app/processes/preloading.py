"""Settings of gunicorn that are code: the gateway is imported once, before the workers fork.

That halves the start and lets the workers share the memory of the modules. The services are made after the
fork, in each worker, by `wsgi`.
"""

from importlib import import_module

from app.http.factory import WINDOWS


def on_starting(_server: object) -> None:
    """Import every window into the process that the workers are forked from."""
    for window in WINDOWS:
        import_module(f"app.http.{window}.routes")
