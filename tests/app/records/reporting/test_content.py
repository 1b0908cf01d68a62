"""What is taken as the words of a report, and what of it is refused, by its place."""

from typing import Any

import pytest

from app.records.reporting.content import LONGEST, ReportCode, as_typed, codes_typed, content_of
from graph.errors import Invalid, TooLarge

SCT = "http://snomed.info/sct"


def test_lines_end_in_one_way_and_blanks_around_go() -> None:
    assert content_of({"findings": "  a\r\nb\rc \n"}).findings == "a\nb\nc"


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ([], "content"),
        ({"finding": "a"}, "finding"),
        ({"findings": 7}, "findings"),
        ({"findings": None}, "findings"),
        ({"findings": "a\x00b"}, "findings"),
        ({"impression": "\x1b[2J"}, "impression"),
        ({"impression": "\ud800"}, "impression"),
        ({"critical": ["a"]}, "critical"),
        ({"priors": "ImagingStudy/7"}, "priors"),
        ({"priors": [7]}, "priors"),
        ({"priors": [f"ImagingStudy/{each}" for each in range(21)]}, "priors"),
        ({"codes": "SCT 1"}, "codes"),
        ({"codes": [{"system": SCT}]}, "codes"),
        ({"codes": [{"system": SCT, "code": "a b"}]}, "codes"),
        ({"codes": [{"system": SCT, "code": "1", "words": "a"}]}, "codes"),
        ({"codes": [{"system": SCT, "code": "1" * 200}]}, "codes"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(raw: Any, place: str) -> None:
    with pytest.raises(Invalid) as told:
        content_of(raw)
    assert told.value.location == place


def test_a_text_has_its_bound() -> None:
    assert len(content_of({"findings": "가" * LONGEST}).findings) == LONGEST
    with pytest.raises(TooLarge) as told:
        content_of({"findings": "가" * (LONGEST + 1)})
    assert told.value.location == "findings"


def test_codes_are_typed_one_a_line() -> None:
    typed = "sct 254637007 Non-small cell lung cancer\n\n http://radlex.org RID3711 Nodule"

    content = content_of({"codes": codes_typed(typed)})

    assert content.codes == (
        ReportCode(SCT, "254637007", "Non-small cell lung cancer"),
        ReportCode("http://radlex.org", "RID3711", "Nodule"),
    )
    assert codes_typed(as_typed(content.codes)) == [each._asdict() for each in content.codes]


@pytest.mark.parametrize("line", ["cancer", "SCT", "XYZ 1 words"])
def test_a_line_without_a_code_is_told(line: str) -> None:
    with pytest.raises(Invalid) as told:
        codes_typed(line)
    assert told.value.location == "codes"
