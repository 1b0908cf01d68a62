"""Retrieval as PS3.18 has it, rule by rule, for somebody who has read the standard alone."""

from collections.abc import Mapping
from io import BytesIO
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from PIL import Image
from pydicom import dcmread
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import parts_with_headers, related, store
from tests.factories.dicom import (
    ct_instance,
    encapsulated_pdf,
    jpeg_instance,
    multi_frame_instance,
    presentation_state,
    report_instance,
    rle_instance,
)

pytestmark = pytest.mark.usefixtures("renderers")

SITE = "http://127.0.0.1:8042/dicom-web"
LEVELS = ("/studies/1.1", "/studies/1.1/series/1.1.1", "/studies/1.1/series/1.1.1/instances/1.1.1.1")
STUDY, _, SLICE = LEVELS
CLIP, JPEG, RLE, REPORT, PDF = (
    f"/studies/1.2/series/1.2.{number}/instances/1.2.{number}.1" for number in range(1, 6)
)
STATE = "/studies/1.1/series/1.1.2/instances/1.1.2.1"
FILES = 'multipart/related; type="application/dicom"'
JSON = "application/dicom+json"
XML = 'multipart/related; type="application/dicom+xml"'
OCTETS = 'multipart/related; type="application/octet-stream"'
RESOURCES = ("", "/metadata", "/bulkdata", "/pixeldata", "/rendered", "/thumbnail")
LITTLE = "1.2.840.10008.1.2.1"


def uids(number: int) -> dict[str, str]:
    return {
        "patient_id": "P2",
        "study_uid": "1.2",
        "series_uid": f"1.2.{number}",
        "sop_uid": f"1.2.{number}.1",
    }


@pytest.fixture
def filled(client: FlaskClient, as_role: AsRole) -> FlaskClient:
    """A study of three slices, and one of everything that is retrieved in ways of its own."""
    slices = [
        ct_instance(study_uid="1.1", series_uid="1.1.1", sop_uid=f"1.1.1.{number}", rows=16, columns=24)
        for number in (1, 2, 3)
    ]
    others = [
        multi_frame_instance(frames=5, **uids(1)),
        jpeg_instance(frames=3, **uids(2)),
        rle_instance(frames=2, **uids(3)),
        report_instance(**uids(4)),
        encapsulated_pdf(b"%PDF-1.4", **uids(5)),
        presentation_state(slices[0], window=(40.0, 400.0), series_uid="1.1.2", sop_uid="1.1.2.1"),
    ]
    body, content_type = related(*slices, *others)
    assert store(client, as_role, body, content_type).status_code in (200, 202)
    return client


class Asking:
    """A stranger's requests."""

    def __init__(self, client: FlaskClient, as_role: AsRole) -> None:
        self._client, self._as_role = client, as_role

    def __call__(
        self, path: str, accept: str | None = None, *, method: str = "GET", **headers: str
    ) -> TestResponse:
        named = {"Accept": accept, **headers} if accept is not None else headers
        sent: Mapping[str, str] = self._as_role("service", **named)
        return self._client.open(f"/dicom-web{path}", method=method, headers=sent, buffered=True)


@pytest.fixture
def ask(filled: FlaskClient, as_role: AsRole) -> Asking:
    return Asking(filled, as_role)


def test_each_resource_says_what_it_is_and_where(ask: Asking) -> None:
    """8.7.3.5.1, 10.4.3.2, RFC 2387 3.1: type and boundary, Content-Location, Vary."""
    for level in LEVELS:
        for resource in RESOURCES:
            answer = ask(level + resource)
            assert answer.status_code == 200, level + resource
            assert answer.headers["Content-Location"] == f"{SITE}{level}{resource}"
            assert "Accept" in [each.strip() for each in answer.headers["Vary"].split(",")], resource
            if answer.mimetype == "multipart/related":
                assert {"type", "boundary"} <= answer.mimetype_params.keys()
                for headers, body in parts_with_headers(answer):
                    assert int(headers["content-length"]) == len(body), resource  # table 8.6.1-1
                    assert headers["content-type"].startswith(answer.mimetype_params["type"])
                    assert headers["content-location"].startswith(f"{SITE}/studies/1.1/series/1.1.")


def test_the_place_of_a_part_is_where_it_is_by_itself(ask: Asking) -> None:
    """8.4: what Content-Location names answers with the part."""
    for path, accept in (
        (STUDY, FILES), (f"{STUDY}/metadata", XML), (f"{CLIP}/frames/2,4", OCTETS),
        (f"{CLIP}/frames/2,4/rendered", "multipart/related"), (f"{STUDY}/bulkdata", OCTETS),
    ):  # fmt: skip
        for headers, body in parts_with_headers(ask(path, accept)):
            place = headers["content-location"].removeprefix(SITE)
            kind = headers["content-type"]
            alone = ask(place, f'multipart/related; type="{kind.partition(";")[0]}"')
            assert [each for _, each in parts_with_headers(alone)] == [body], place


def test_what_is_not_supported_is_passed_over(ask: Asking) -> None:
    """8.3: unsupported parameters are ignored."""
    for level in LEVELS:
        for resource in RESOURCES:
            assert ask(f"{level}{resource}?nonsense=1&viewporter=x").status_code == 200


def test_what_nobody_takes_is_406_with_a_body(ask: Asking) -> None:
    """8.7.8.1, 8.6.3; table 8.5-1: it lists the media types that there are."""
    for level in LEVELS:
        for resource in RESOURCES:
            for accept in ("text/csv", 'multipart/related; type="image/tiff"', "*/*;q=0"):
                answer = ask(level + resource, accept)
                assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
                assert answer.get_json()["offered"], resource


def test_files_and_what_is_rendered_are_not_accepted_for_one_answer(ask: Asking) -> None:
    """8.7.5, 8.3.3.1."""
    for path in (*LEVELS, f"{SLICE}/rendered", f"{STUDY}/thumbnail"):
        for accept in ("application/dicom, image/jpeg", f"{FILES}, image/png;q=0.5", f"text/html, {JSON}"):
            assert ask(path, accept).status_code == 400, (path, accept)
        assert ask(f"{path}?accept=application/dicom,image/png").status_code == 400
        assert ask(path, "application/dicom;q=0, image/jpeg, */*;q=0.1").status_code == 200


_PICTURES = ("image/jpeg", "image/png", "image/gif", "image/jp2")
_WANTED = (
    # 8.7.8.1: the default where any is taken
    (f"{STUDY}/metadata", "*/*", JSON),
    (f"{STUDY}/metadata", "application/*", JSON),
    (f"{STUDY}/metadata", "text/html, */*;q=0.1", JSON),
    (f"{SLICE}/rendered", "*/*", "image/jpeg"),
    (f"{SLICE}/rendered", "image/*", "image/jpeg"),
    (f"{STUDY}/thumbnail", "image/*", "image/jpeg"),
    (f"{REPORT}/rendered", "text/*", "text/html"),
    (f"{PDF}/rendered", "*/*", "application/pdf"),
    (f"{CLIP}/frames/1", "*/*", "multipart/related"),
    # RFC 9110 12.5.1: weights
    (SLICE, f"application/dicom;q=0.5, {FILES};q=0.9", "multipart/related"),
    (SLICE, f"application/dicom;q=0.9, {FILES};q=0.5", "application/dicom"),
    (f"{STUDY}/metadata", f"{JSON};q=0.1, {XML};q=0.8", "multipart/related"),
    (f"{SLICE}/rendered", "image/png;q=0.9, image/jpeg;q=0.2", "image/png"),
    # table 8.7.4-1
    *((f"{SLICE}/rendered", each, each) for each in _PICTURES),
    *((f"{REPORT}/rendered", each, each) for each in ("text/html", "text/plain", "text/xml")),
    (f"{CLIP}/rendered", "image/gif", "image/gif"),
    # RFC 9110 8.3.1, 5.6.6: names and their quotes
    (SLICE, 'Multipart/Related; Type="Application/DICOM"', "multipart/related"),
    (SLICE, "multipart/related;type=application/dicom;transfer-syntax=*", "multipart/related"),
    # 8.3.3.1: the parameter before the header, which is asked where it names nothing that there is
    (f"{STUDY}/metadata?accept={JSON}", "*/*", JSON),
    (f"{STUDY}/metadata?accept=application/nonsense", JSON, JSON),
    (f"{SLICE}/thumbnail?accept=image/png", "image/*", "image/png"),
)  # fmt: skip


def test_the_media_type_is_the_one_that_is_wanted_most(ask: Asking) -> None:
    for path, accept, media_type in _WANTED:
        answer = ask(path, accept)
        assert (answer.status_code, answer.mimetype) == (200, media_type), (path, accept)


def test_single_parts_are_for_what_is_single(ask: Asking) -> None:
    """10.4.4: a single part of a study is 406, even of one instance."""
    for path, accept in (
        (LEVELS[0], "application/dicom"), (LEVELS[1], "application/dicom"),
        (f"{STUDY}/rendered", "image/jpeg"),
        (f"{CLIP}/frames/1,2", "application/octet-stream"), (f"{CLIP}/frames/1,2/rendered", "image/jpeg"),
    ):  # fmt: skip
        assert ask(path, accept).status_code == 406, path


def test_each_part_is_in_the_syntax_that_it_says(ask: Asking) -> None:
    """8.7.3.5.2, 8.7.9: the default is explicit little endian, and the parameter is that of the file."""
    named = ("", *(f"; transfer-syntax={each}" for each in ("*", LITTLE, "1.2.840.10008.1.2.4.80")))
    for path in (RLE, CLIP, SLICE):
        for syntax in named:
            ((headers, body),) = parts_with_headers(ask(path, FILES + syntax))
            written = dcmread(BytesIO(body), stop_before_pixels=True).file_meta.TransferSyntaxUID
            assert headers["content-type"] == f"application/dicom; transfer-syntax={written}"
            assert syntax or written == LITTLE
    assert ask(SLICE, f"{FILES}; transfer-syntax=1.2.3").status_code == 406


def test_frames_come_in_the_order_of_their_list(ask: Asking) -> None:
    """10.4.1.1.6."""
    there, back = (
        [body for _, body in parts_with_headers(ask(f"{CLIP}/frames/{each}", OCTETS))]
        for each in ("1,5", "5%2C1")
    )
    assert there == back[::-1]
    assert len(set(there)) == 2
    for wrong in ("0", "-1", "a", "1,,2", "1.5", "1,a", ","):
        assert ask(f"{CLIP}/frames/{wrong}").status_code == 400
    for absent in ("6", "1,6"):
        assert ask(f"{CLIP}/frames/{absent}").status_code == 404


def test_what_is_not_there_and_what_cannot_be(ask: Asking) -> None:
    """8.5, RFC 9110 15.5.6: 404, 400 and 405, each with a body."""
    for level in LEVELS:
        for resource in RESOURCES:
            for path, status, method in (
                (f"{level}9{resource}", 404, "GET"),
                (f"{level}x{resource}", 400, "GET"),
                (f"{level}{resource}", 405, "PATCH"),
            ):
                answer = ask(path, method=method)
                assert (answer.status_code, bool(answer.data)) == (status, True), path
    assert "GET" in ask(f"{STUDY}/metadata", method="POST").headers["Allow"]


def test_heads_are_those_of_what_would_come(ask: Asking) -> None:
    """RFC 9110 9.3.2."""
    said = ("Content-Type", "Content-Location", "ETag", "Vary", "Content-Length")
    for path in (SLICE, f"{STUDY}/metadata", f"{SLICE}/rendered", f"{STUDY}/thumbnail", f"{CLIP}/frames/1"):
        accept = "application/dicom, application/octet-stream, */*;q=0.1"
        whole, head = (ask(path, accept, method=method) for method in ("GET", "HEAD"))
        assert head.data == b""
        assert [head.headers.get(name) for name in said] == [whole.headers.get(name) for name in said], path


def test_who_has_it_is_told_so(ask: Asking) -> None:
    """RFC 9110 13.1.2, 15.4.5: the tag and the place of what did not change, and no media type."""
    for path, accept in (
        (f"{STUDY}/metadata", JSON), (f"{STUDY}/metadata", XML), (SLICE, "application/dicom"),
        (f"{CLIP}/frames/1", "application/octet-stream"), (f"{SLICE}/rendered", "image/jpeg"),
        (f"{STUDY}/thumbnail", "image/png"),
    ):  # fmt: skip
        tag = ask(path, accept).headers["ETag"]
        again = ask(path, accept, If_None_Match=f'"other", {tag}')
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert "Content-Type" not in again.headers
        assert again.headers["Content-Location"] == SITE + path
        assert ask(path, accept, If_None_Match='"other"').status_code == 200


_RENDERING = (
    *((f"viewport={each}", 200) for each in ("24,24", "9,9,2,2", "9,9,,,8,8", "9,9,0,0,-8,-8", "9,9,3")),
    *((f"viewport={each}", 400) for each in ("", "9", "0,9", "-1,9", "a,b", "9.5,9", "9,9,0,0,0,0")),
    *((f"window={each}", 200) for each in ("40,400,linear", "40,.5,linear-exact", "1,2,sigmoid")),
    *((f"window={each}", 400) for each in ("", "40,400", "40,0,linear", "nan,1,linear", "40,400,LINEAR")),
    *((f"quality={each}", 200) for each in (1, 100)),
    *((f"quality={each}", 400) for each in ("", 0, 101, -1, "x", 50.5)),
    *((f"annotation={each}", 200) for each in ("patient", "patient,technique", "other")),
    *((f"iccprofile={each}", 200) for each in ("no", "yes", "srgb", "adobergb", "rommrgb")),
    ("iccprofile=other", 400),
    *((f"{each}&{each}", 400) for each in ("viewport=9,9", "window=1,2,linear", "quality=9")),
    ("charset=utf-8", 200), ("charset=nonsense", 400),
)  # fmt: skip


def test_parameters_of_rendering(ask: Asking) -> None:
    """8.3, 8.3.5: what a supported parameter cannot be is 400."""
    for query, status in _RENDERING:
        answer = ask(f"{SLICE}/rendered?{query}")
        assert answer.status_code == status, query
        told = '"The following annotation values are not supported: other"'
        assert query != "annotation=other" or answer.headers["Warning"] == f"299 {SITE} {told}"


def test_a_picture_is_as_large_as_its_viewport_lets_it_be(ask: Asking) -> None:
    """8.3.5.1.3: the sides keep their ratio, and nothing overflows."""
    for viewport, size in (("12,12", (12, 8)), ("240,16", (24, 16)), ("48,480", (48, 32))):
        answer = ask(f"{SLICE}/rendered?viewport={viewport}", "image/png")
        assert Image.open(BytesIO(answer.data)).size == size


def test_a_presentation_state_takes_no_window(ask: Asking) -> None:
    """8.3.5.1.4."""
    assert ask(f"{STATE}/rendered").mimetype == "image/jpeg"
    assert ask(f"{STATE}/rendered?window=1,2,linear").status_code == 400


def test_each_part_of_a_study_is_rendered_as_what_it_is(ask: Asking) -> None:
    """8.7.8.1: the media type is chosen for each part."""
    answer = ask("/studies/1.2/rendered", "multipart/related")
    kinds = [headers["content-type"].partition(";")[0] for headers, _ in parts_with_headers(answer)]

    assert sorted(kinds) == ["application/pdf", *["image/jpeg"] * 3, "text/html"]
    pictures = parts_with_headers(ask("/studies/1.2/rendered", 'multipart/related; type="image/png"'))
    assert [headers["content-type"] for headers, _ in pictures] == ["image/png"] * 3


def test_a_report_in_xml_is_xml_whatever_it_says(filled: FlaskClient, as_role: AsRole) -> None:
    """Table 8.7.4-1."""
    file = report_instance(
        "<b>&\x0c]]>", patient_id="P3", study_uid="1.3", series_uid="1.3.1", sop_uid="1.3.1.1"
    )
    store(filled, as_role, file)
    answer = Asking(filled, as_role)("/studies/1.3/series/1.3.1/instances/1.3.1.1/rendered", "text/xml")

    text = "".join(ElementTree.fromstring(answer.data).itertext())  # it is our own
    assert "<b>&" in text
    assert answer.content_type == "text/xml; charset=utf-8"


def test_every_route_describes_the_service(ask: Asking) -> None:
    """8.9, annex H: methods in Allow, WADL with what is below the resource."""
    for path in ("/studies", *LEVELS, f"{STUDY}/metadata"):
        answer = ask(path, "application/vnd.sun.wadl+xml", method="OPTIONS")
        assert (answer.status_code, answer.mimetype) == (200, "application/vnd.sun.wadl+xml")
        assert "GET" in answer.headers["Allow"]
    preflight = ask(STUDY, "*/*", method="OPTIONS", Access_Control_Request_Method="GET")
    assert (preflight.status_code, preflight.data) == (200, b"")
