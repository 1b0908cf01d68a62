"""`/assets`: the files of the pages themselves, and those that npm brought; a table says which there are."""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from flask import Blueprint, Response, request

from app.http.kit.guard import public
from app.http.kit.vendored import Vendored
from graph.errors import NotFound

_PACKAGE = "app.http.pages"
ASSETS_PATH = "/assets"
FROM_NPM: Mapping[str, str] = MappingProxyType({"htmx.js": "htmx.org/dist/htmx.min.js"})
"""What browsers are served of the packages of npm: the name here, and the file among the packages."""
_MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml",
    }
)
_A_YEAR = 31_536_000
_SHORTEST = 12


class AssetFiles:
    """The files that pages refer to, each under an address that changes with its content."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._own = Path(str(files(_PACKAGE))) / "static"
        self._vendored = Vendored(_PACKAGE)

    @cached_property
    def _paths(self) -> Mapping[str, Path]:
        own = {each.name: each for each in sorted(self._own.iterdir())}
        brought = {name: self._vendored.folder / path for name, path in FROM_NPM.items()}
        return {**own, **{name: path for name, path in brought.items() if path.is_file()}}

    @cached_property
    def _files(self) -> Mapping[str, tuple[bytes, str]]:
        """Each file with its digest: together they are small."""
        read = {name: path.read_bytes() for name, path in self._paths.items()}
        return {name: (body, sha256(body).hexdigest()[:_SHORTEST]) for name, body in read.items()}

    @property
    def missing(self) -> list[str]:
        """What npm was to bring and is not there: pages work without it, but less well."""
        return sorted(FROM_NPM.keys() - self._paths.keys())

    def address(self, name: str) -> str | None:
        """Where a file is; None where it was not brought in."""
        found = self._files.get(name)
        return f"{self._base}{ASSETS_PATH}/{name}?v={found[1]}" if found else None

    def answer(self, name: str) -> Response:
        """A file; a browser keeps what it asked for by its digest. Raises `NotFound`."""
        found = self._files.get(name)
        if found is None:
            raise NotFound("no such file")
        body, digest = found
        answer = Response(body, content_type=_MEDIA_TYPES[name.rpartition(".")[2]])
        answer.set_etag(digest)
        kept = request.args.get("v") == digest
        answer.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable" if kept else "no-cache"
        return answer.make_conditional(request)  # type: ignore[return-value]


def add_files(rooms: Blueprint, assets: AssetFiles) -> None:
    """Add the route of the files."""

    @rooms.get(f"{ASSETS_PATH}/<name>")
    @public
    def asset(name: str) -> Response:
        return assets.answer(name)
