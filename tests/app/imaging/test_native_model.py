"""The Native DICOM Model (PS3.19 A.1) and DICOM JSON are two forms of one data set."""

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imaging.native_model import NAMESPACE, NativeLimits, read_native, write_native
from graph.errors import Invalid, TooLarge

WHOLE: dict[str, Any] = {
    "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
    "00081111": {"vr": "SQ"},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Yamada^Tarou^", "Ideographic": "山田^太郎"}, None]},
    "00189073": {"vr": "FD", "Value": [1.25, 3]},
    "00280010": {"vr": "US", "Value": [512]},
    "00280030": {"vr": "DS", "Value": [0.5, "0.50", None, 2]},
    "00290010": {"vr": "LO", "Value": ["ACME & Co"]},
    "00291001": {"vr": "UN", "InlineBinary": "AAECAw=="},
    "00400275": {"vr": "SQ", "Value": [{}, {"00104000": {"vr": "LT", "Value": [' a\r\n\t<b> & "c" ']}}]},
    "0040A390": {"vr": "UV", "Value": [12, "18446744073709551615"]},
    "7FE00010": {"vr": "OW", "BulkDataURI": "https://a/bulkdata/7FE00010?x=1&y=2"},
}


def document(inner: str, head: str = "") -> bytes:
    return f"{head}<NativeDicomModel>{inner}</NativeDicomModel>".encode()


def attribute(inner: str, vr: str = "LO", tag: str = "00080070", more: str = "") -> str:
    return f'<DicomAttribute tag="{tag}" vr="{vr}" {more}>{inner}</DicomAttribute>'


def test_a_data_set_comes_back_as_it_was() -> None:
    assert read_native([write_native(WHOLE)]) == WHOLE


@given(
    st.lists(
        st.one_of(
            st.none(), st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), min_size=1)
        )
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_text_comes_back(values: list[str | None]) -> None:
    dataset = {"00080070": {"vr": "UC", "Value": values} if values else {"vr": "UC"}}
    assert read_native([write_native(dataset)]) == dataset


def test_the_document_is_that_of_the_standard() -> None:
    root = ElementTree.fromstring(write_native(WHOLE))  # it is our own
    named = {each.get("keyword") or each.get("tag"): each for each in root}
    assert root.tag == f"{{{NAMESPACE}}}NativeDicomModel"
    assert named["00290001"].attrib == {
        "tag": "00290001",
        "privateCreator": "ACME & Co",
        "vr": "UN",
    }
    family = named["PatientName"].find(f".//{{{NAMESPACE}}}Ideographic/{{{NAMESPACE}}}FamilyName")
    assert family is not None
    assert family.text == "山田"
    assert [each.get("number") for each in named["PixelSpacing"]] == ["1", "2", "3", "4"]
    assert named["PixelData"][0].get("uri") == "https://a/bulkdata/7FE00010?x=1&y=2"


def test_a_character_that_xml_has_not_is_replaced() -> None:
    dataset = {"00104000": {"vr": "LT", "Value": ["page\x0cbreak"]}}
    assert read_native([write_native(dataset)])["00104000"]["Value"] == ["page�break"]


def test_it_is_read_in_pieces_of_any_size() -> None:
    raw = write_native(WHOLE)
    assert read_native(raw[at : at + 1] for at in range(len(raw))) == WHOLE


def test_a_private_attribute_finds_the_block_of_its_creator_or_gets_a_free_one() -> None:
    creator = attribute('<Value number="1">OTHER</Value>', tag="00290010")
    private = attribute("<Value>x</Value>", tag="00290001", more='privateCreator="ACME"')
    assert read_native([document(creator + private)]) == {
        "00290010": {"vr": "LO", "Value": ["OTHER"]},
        "00290011": {"vr": "LO", "Value": ["ACME"]},
        "00291101": {"vr": "LO", "Value": ["x"]},
    }


def test_two_blocks_of_one_creator_stay_two() -> None:
    dataset = {
        tag: {"vr": "LO", "Value": [value]}
        for tag, value in {"00290010": "A", "00290011": "A", "00291001": "x", "00291101": "y"}.items()
    }
    assert read_native([write_native(dataset)]) == dataset


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        ("<Wrong/>", "no place"),
        ("text", "no place"),
        (attribute("<Value>1.5</Value>", "US"), "no number"),
        (attribute("<Value>1_0</Value>", "US"), "no number"),
        (attribute("<Value>1e999</Value>", "FD"), "no number"),
        (attribute("<Value>x</Value>", "SQ"), "kind"),
        (attribute("<Value>x</Value>", "PN"), "kind"),
        (attribute("<BulkData/>", "OB"), "uri"),
        (attribute("<Value>x</Value><InlineBinary>AA==</InlineBinary>"), "two kinds"),
        (attribute('<Value number="2">x</Value><Value number="1">y</Value>'), "ascend"),
        (attribute("", "XX"), "representation"),
        (attribute("", tag="0008"), "tag"),
        (attribute("") + attribute(""), "twice"),
        (attribute("", tag="00291001") + attribute("", tag="00291001", more='privateCreator="A"'), "twice"),
        (attribute("<Value>", "LO"), "malformed"),
    ],
)
def test_what_is_no_native_model_is_told_why(inner: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        read_native([document(inner)])


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_document_type_is_refused(head: str) -> None:
    with pytest.raises(Invalid, match="document type"):
        read_native([document(attribute("<Value>&a;</Value>"), head)])


def test_an_encoding_that_is_not_known_is_refused() -> None:
    with pytest.raises(Invalid):
        read_native([document("", '<?xml version="1.0" encoding="klingon"?>')])


@pytest.mark.parametrize(
    ("inner", "limits"),
    [
        (attribute("<Value>x</Value>" * 20), NativeLimits(elements=10)),
        (attribute('<Value number="999999999">x</Value>'), NativeLimits()),
        (attribute("x" * 2000), NativeLimits(size=1000)),
        (
            '<DicomAttribute tag="00400275" vr="SQ"><Item>' * 70 + "</Item></DicomAttribute>" * 70,
            NativeLimits(),
        ),
    ],
)
def test_what_is_too_large_is_refused(inner: str, limits: NativeLimits) -> None:
    with pytest.raises(TooLarge):
        read_native([document(inner)], limits)
