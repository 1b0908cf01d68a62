"""Real sockets for what a browser opens: a WSGI application at an address, for as long as a block runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@contextmanager
def serving(application: "WSGIApplication", base_url: str) -> Iterator[str]:
    """The address of an application that is served."""
    address = urlsplit(base_url)
    server = make_server(str(address.hostname), address.port or 80, application, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield base_url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
