"""Settings of gunicorn that are code: the gateway is imported once, before the workers fork.

That halves the start and lets the workers share the memory of the modules. The parts are made after the fork,
in each worker, by `wsgi`.
"""

from importlib import import_module


def on_starting(_server: object) -> None:
    """Import every window into the process that the workers are forked from."""
    import_module("app.wiring.web")
