"""How the tests speak DICOMweb."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole

DICOM = "application/dicom"
STORED, FAILED, REASON = "00081199", "00081198", "00081197"
ANY_SYNTAX = 'multipart/related; type="application/dicom"; transfer-syntax=*'
FRAMES = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


def store(
    client: FlaskClient,
    as_role: AsRole,
    body: bytes,
    content_type: str = DICOM,
    *,
    path: str = "/dicom-web/studies",
    method: str = "POST",
) -> TestResponse:
    """Store a body as the service role, or with PUT let it take the place of what is there."""
    headers = as_role("service", Content_Type=content_type)
    return client.open(path, method=method, data=body, headers=headers)


def related(*parts: bytes) -> tuple[bytes, str]:
    """A multipart/related body of DICOM parts, and its content type."""
    body = b"".join(b"--part\r\nContent-Type: application/dicom\r\n\r\n%s\r\n" % part for part in parts)
    return body + b"--part--", f'multipart/related; type="{DICOM}"; boundary=part'


def parts_of(answer: TestResponse) -> list[bytes]:
    """The bodies of a multipart answer."""
    boundary = answer.mimetype_params["boundary"].encode()
    pieces = answer.data.split(b"--" + boundary)[1:-1]
    return [piece.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for piece in pieces]


def parts_with_headers(answer: TestResponse) -> list[tuple[dict[str, str], bytes]]:
    """The header lines of each part of a multipart answer, names in lower case, and its bytes."""
    boundary = answer.mimetype_params["boundary"].encode()
    found = []
    for piece in answer.data.split(b"--" + boundary)[1:-1]:
        head, _, body = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        lines = (line.partition(": ") for line in head.decode("latin-1").split("\r\n"))
        found.append(({name.lower(): value for name, _, value in lines}, body.removesuffix(b"\r\n")))
    return found
