"""If-Match of FHIR: one version, named by its entity tag (FHIR R4 http.html#concurrency)."""

import re

from graph.errors import Invalid

_VERSION = re.compile(r'\s*(?:W/)?"(\d{1,18})"\s*')


def if_match_version(text: str | None, location: str = "If-Match") -> int | None:
    """The version that If-Match demands, None without one. Raises `Invalid` unless it is `W/"n"`.

    One version only: FHIR's If-Match names the version that the client has read.
    """
    if text is None:
        return None
    found = _VERSION.fullmatch(text)
    if found is None:
        raise Invalid('If-Match names one version, as in W/"3"', location=location)
    return int(found[1])
