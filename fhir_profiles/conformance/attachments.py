"""Whether what an Attachment says of its data is so (FHIR R4 datatypes.html#Attachment)."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha1
from typing import Any

from fhir_profiles.validation.validation import ElementPath, IssueReport

_SPACES = re.compile(r"\s+")


def check_attachment(value: Mapping[str, Any], place: ElementPath, report: IssueReport) -> None:
    """Report a size or a hash that is another than that of the data beside it."""
    text, size, said = value.get("data"), value.get("size"), value.get("hash")
    if not isinstance(text, str) or (size is None and said is None):
        return
    data = b64decode(_SPACES.sub("", text))
    if size is not None and size != len(data):
        report("value", (place, "size", None), "it is the number of bytes of the data, before base64")
    if isinstance(said, str) and _SPACES.sub("", said) != _hash(data):
        report("value", (place, "hash", None), "it is the SHA-1 of the data, as base64")


def _hash(data: bytes) -> str:
    return b64encode(sha1(data, usedforsecurity=False).digest()).decode()
