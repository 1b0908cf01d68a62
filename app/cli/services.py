"""The services of the gateway, for commands that use them without a web server."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from app.config import Config


@contextmanager
def opened(config: Config) -> Iterator[Any]:
    """Open the services that `app.bootstrap` wires, and close them."""
    services = import_module("app.bootstrap").open_services(config)
    try:
        yield services
    finally:
        services.close()
