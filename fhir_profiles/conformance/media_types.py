"""Whether a code has the form of a media type, as R4's required binding demands (valueset-mimetypes.html)."""

import re
from collections.abc import Mapping
from typing import Any

from fhir_profiles.validation.validation import ElementPath, IssueReport

KINDS = frozenset({"Attachment", "Binary", "Signature"})
"""The types that hold media types alone: CapabilityStatement.format is `json`, too."""
_NAMES = ("contentType", "targetFormat", "sigFormat")
_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"  # RFC 6838 4.2
_FORM = re.compile(rf"{_NAME}/{_NAME}(?:\s*;.*)?", re.ASCII)


def check_media_types(value: Mapping[str, Any], place: ElementPath, report: IssueReport) -> None:
    """Report each media type that is none."""
    for name in _NAMES:
        code = value.get(name)
        if isinstance(code, str) and _FORM.fullmatch(code) is None:
            report("code-invalid", (place, name, None), "it is a media type (BCP 13), as text/plain")
