"""Regions of the body and kinds of pictures: by codes, by words, and how much one shows of another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.records.glance.modalities import affinity, modalities_in, modalities_of
from app.records.glance.regions import WITHIN, overlap, regions_in, regions_of

REGIONS = st.sampled_from(sorted({*WITHIN, *WITHIN.values()}))


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("CT chest", {"CHEST"}),
        ("흉부 CT", {"CHEST"}),
        ("CT abdomen and pelvis", {"ABDOMEN", "PELVIS"}),
        ("간 MRI", {"LIVER"}),
        ("뇌 MRI", {"BRAIN"}),
        ("lumbar spine MRI", {"LSPINE"}),
        ("gallbladder ultrasound", {"GALLBLADDER"}),
        ("시간 경과", set()),
    ],
)
def test_a_text_names_regions(text: str, regions: set[str]) -> None:
    assert regions_in(text) == regions


def test_a_code_of_several_regions_is_each_of_them() -> None:
    chest_abdomen_pelvis = {"coding": [{"system": "http://snomed.info/sct", "code": "416775004"}]}

    assert regions_of(chest_abdomen_pelvis) == {"CHEST", "ABDOMEN", "PELVIS"}


@given(REGIONS, REGIONS)
def test_what_one_shows_of_another_is_a_share_that_goes_both_ways(one: str, other: str) -> None:
    share = overlap(frozenset({one}), frozenset({other}))

    assert 0 <= share <= 1
    assert share == overlap(frozenset({other}), frozenset({one}))
    assert overlap(frozenset({one}), frozenset({one})) == 1


def test_a_chest_shows_its_lungs_the_bases_of_an_abdomen_and_nothing_of_a_knee() -> None:
    chest = frozenset({"CHEST"})
    shares = [overlap(chest, frozenset({each})) for each in ("LUNG", "ABDOMEN", "KNEE")]

    assert shares[0] > shares[1] > shares[2] == 0


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("CT of the chest", {"CT"}),
        ("흉부 전산화 단층촬영", {"CT"}),
        ("자기공명영상", {"MR"}),
        ("follow-up US in 6 weeks", {"US"}),
        ("call us, or Dr. Kim and Mr. Lee, 5 mg", set()),
        ("mammogram", {"MG"}),
        ("chest x-ray", {"CR"}),
    ],
)
def test_a_text_names_kinds_of_pictures(text: str, kinds: set[str]) -> None:
    assert modalities_in(text) == kinds


def test_a_digital_radiograph_is_a_radiograph() -> None:
    assert modalities_of([{"code": "DX"}, {"code": "SR"}]) == {"CR"}


def test_a_kind_answers_itself_best_and_others_less() -> None:
    ct = frozenset({"CT"})

    assert affinity(ct, ct) == 1 > affinity(ct, frozenset({"MR"})) > affinity(ct, frozenset({"MG"})) > 0
