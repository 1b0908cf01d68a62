"""Accept is read leniently, and the heaviest fitting offer wins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.kit.negotiation import MediaType, accepts_encoding, choose, parse_accept, parse_media_type
from graph.errors import Invalid, NotAcceptable

JSON = MediaType("application", "dicom+json")
EXPLICIT = MediaType(
    "multipart", "related", {"type": "application/dicom", "transfer-syntax": "1.2.840.10008.1.2.1"}
)
JPEG = MediaType(
    "multipart", "related", {"type": "application/dicom", "transfer-syntax": "1.2.840.10008.1.2.4.50"}
)
OFFERS = (JSON, EXPLICIT, JPEG)

CHOICES = [
    (None, JSON),
    ("", JSON),
    ("*/*", JSON),
    ("*", JSON),
    ("text/html, *; q=.2, */*; q=.2", JSON),
    ("application/*", JSON),
    ("multipart/related", EXPLICIT),
    ('multipart/related; type="application/dicom"', EXPLICIT),
    ("multipart/related; type=application/dicom", EXPLICIT),
    ("multipart/related;type=application/dicom;transfer-syntax=1.2.840.10008.1.2.4.50", JPEG),
    ('multipart/related; transfer-syntax="1.2.840.10008.1.2.4.50"; type="application/dicom"', JPEG),
    ("multipart/related; type=application/dicom; transfer-syntax=*", EXPLICIT),
    ("application/dicom+json; q=0.5, multipart/related", EXPLICIT),
    ("application/dicom+json, multipart/related; q=0.9", JSON),
    ("*/*, application/dicom+json; q=0", EXPLICIT),
    ("multipart/related; q=0.1, multipart/related; transfer-syntax=1.2.840.10008.1.2.4.50", JPEG),
    ("APPLICATION/DICOM+JSON", JSON),
    ("application/dicom+json; charset=utf-8", JSON),
    ("application/dicom+json; profile=x; transfer-syntax=1.2.840.10008.1.2.1", JSON),
    ("multipart/related; level=1; transfer-syntax=1.2.840.10008.1.2.4.50", JPEG),
    ("rubbish, ;;;, =, application/dicom+json", JSON),
    ('a/b; c="unfinished, application/dicom+json', None),
    ("text/html", None),
    ("multipart/related; transfer-syntax=../", None),
    ("multipart/related; type=image/png", None),
    ("application/dicom+json; q=banana", None),
    ("application/dicom+json; q=2", None),
    ("application/dicom+json; q=nan", None),
    ("application/dicom+json; q=0", None),
]


@pytest.mark.parametrize(("header", "chosen"), CHOICES)
def test_the_offer_for_a_header(header: str | None, chosen: MediaType | None) -> None:
    if chosen is None:
        with pytest.raises(NotAcceptable):
            choose(header, OFFERS)
    else:
        assert choose(header, OFFERS) is chosen


@pytest.mark.parametrize(
    ("parameter", "header", "chosen"),
    [
        ("application/dicom+json", None, JSON),
        ("multipart/related", "*/*", EXPLICIT),
        ("multipart/related", "application/dicom+json, */*;q=0.1", EXPLICIT),
        ('multipart/related;transfer-syntax="1.2.840.10008.1.2.4.50"', "multipart/*, text/html", JPEG),
        ("application/dicom json", "*/*", JSON),
        ("image/jpeg, multipart/related;q=0.5, application/dicom+json;q=0.1", "*/*", EXPLICIT),
        ("image/jpeg", "multipart/related", EXPLICIT),
        ("multipart/related", "application/dicom+json", JSON),
        ("multipart/*", "application/dicom+json, */*;q=0.1", JSON),
        ("application/dicom+json;q=0", "*/*", JSON),
        ("rubbish", "multipart/related", EXPLICIT),
    ],
)
def test_a_parameter_comes_before_the_header_as_far_as_that_takes_it(
    parameter: str, header: str | None, chosen: MediaType
) -> None:
    assert choose(header, OFFERS, parameter) is chosen


TOKENS = st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True)


@given(st.dictionaries(TOKENS, TOKENS))
def test_a_parameter_that_no_offer_has_refuses_nothing(parameters: dict[str, str]) -> None:
    others = {name: text for name, text in parameters.items() if name not in ("q", "type", "transfer-syntax")}
    written = "".join(f"; {name}={text}" for name, text in others.items())

    assert choose(f"application/dicom+json{written}", OFFERS) is JSON
    assert choose(f"multipart/related{written}; type=application/dicom", OFFERS) is EXPLICIT


@pytest.mark.parametrize("header", ["a/b," * 1000, "a/b;" + "x" * 20_000])
def test_a_flood_is_invalid(header: str) -> None:
    with pytest.raises(Invalid):
        parse_accept(header)
    with pytest.raises(Invalid):
        parse_accept(None, header)


@given(st.text(alphabet='ab/*;,="\\ q01.', max_size=200))
def test_any_header_is_read_without_a_crash(header: str) -> None:
    for each in parse_accept(header):
        assert 0 <= each.weight <= 1


FLOODS = ['"' * 8000, '"\\' * 8000, ';a="\\' * 3000, "a/b;" + ';a="' * 3000, ";" * 16000]


@pytest.mark.parametrize("header", FLOODS, ids=range(len(FLOODS)))
def test_no_header_costs_more_than_its_length(header: str) -> None:
    parse_accept(header)  # quadratic reading of these took seconds: the suite would show it


def test_a_media_type_writes_itself_with_the_quotes_it_needs() -> None:
    shown = str(MediaType("multipart", "related", {"type": "application/dicom", "boundary": "x-1"}))
    assert shown == 'multipart/related; type="application/dicom"; boundary=x-1'
    assert parse_media_type(shown) == MediaType(
        "multipart", "related", {"type": "application/dicom", "boundary": "x-1"}
    )


@pytest.mark.parametrize("text", ["", "text", "/", "text/", "te xt/html", "text/html/x"])
def test_what_is_no_media_type_is_none(text: str) -> None:
    assert parse_media_type(text) is None


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        (None, False),
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("deflate", False),
        ("gzip; q=0.0", False),
    ],
)
def test_an_encoding_is_accepted_when_named_with_weight(header: str | None, accepted: bool) -> None:
    assert accepts_encoding(header, "gzip") is accepted
