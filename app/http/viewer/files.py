"""The files of the viewer: packed for a browser that unpacks, and kept by it where their name is a digest."""

import gzip
import mimetypes
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from flask import Request, Response

from app.http.kit.headers import VIEWER_HEADERS
from app.http.viewer.published import PACKED
from graph.errors import NotFound

_DIGEST_IN_NAME = re.compile(r"(^|[./])[0-9a-f]{16,64}\.[a-z0-9]+\Z")
_A_YEAR = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_START = re.compile(r"app\.bundle\.[0-9a-f]+\.js\Z")
_AHEAD = ("app", "9205", "7431", "3081", "2108", "2851", "6347", "5261", "4287", "2199", "6409")
"""Chunks of the published viewer that opening pictures loads, those above 20 KB: 97 % of its code."""
_KINDS: Mapping[str, str] = {".js": "text/javascript", ".wasm": "application/wasm", ".woff2": "font/woff2"}


class ViewerFiles:
    """The files in a folder, by the names that stood there when they were first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _names(self) -> Mapping[str, Path]:
        found = (path for path in sorted(self._folder.rglob("*")) if path.is_file())
        return {str(path.relative_to(self._folder)).removesuffix(PACKED): path for path in found}

    @property
    def start(self) -> str | None:
        """The script that begins the viewer; None where the viewer was not brought in."""
        return next((name for name in self._names if _START.fullmatch(name)), None)

    @property
    def ahead(self) -> tuple[str, ...]:
        """The names of what a browser may have before pictures are opened; none without a viewer."""
        wanted = tuple(f"{each}.bundle." for each in _AHEAD)
        return tuple(each for each in self._names if each.startswith(wanted) and each.endswith(".js"))

    def answer(self, name: str, request: Request) -> Response:
        """A file; raises `NotFound`."""
        path = self._names.get(name)
        if path is None:
            raise NotFound("the viewer has no such file")
        content, packed = path.read_bytes(), path.suffix == PACKED
        answer = Response(content, content_type=_media_type(name))
        if packed and request.accept_encodings["gzip"] > 0:
            answer.headers["Content-Encoding"] = "gzip"
        elif packed:
            answer.set_data(gzip.decompress(content))
        if packed:
            answer.vary.add("Accept-Encoding")
        answer.headers.extend(VIEWER_HEADERS)
        if _DIGEST_IN_NAME.search(name):
            answer.headers["Cache-Control"] = _A_YEAR
        else:
            answer.headers["Cache-Control"] = _ASK_AGAIN
            answer.add_etag()
            answer.make_conditional(request)
        return answer


def _media_type(name: str) -> str:
    known = _KINDS.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{known}; charset=utf-8" if known.startswith("text/") else known
