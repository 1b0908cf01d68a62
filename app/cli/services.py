"""The services of the gateway, for commands that use them without a web server."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.config import Config
from app.wiring import Services, open_services


@contextmanager
def opened(config: Config) -> Iterator[Services]:
    """Open the services that `app.wiring` wires, and close them."""
    services = open_services(config)
    try:
        yield services
    finally:
        services.close()
