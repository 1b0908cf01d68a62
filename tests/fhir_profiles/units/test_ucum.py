"""A number in one unit is the same amount in another, as far as anybody can know without guessing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.units.ucum import conversion, is_unit, spelled

CREATININE, GLUCOSE, CALCIUM, POTASSIUM, HBA1C, ALT = (
    "2160-0",
    "2345-7",
    "17861-6",
    "2823-3",
    "4548-4",
    "1742-6",
)

SAME = [
    ("1.5 mg/dL of creatinine", 1.5, "mg/dL", "umol/L", CREATININE, 132.6),
    ("132 umol/L of creatinine", 132, "umol/L", "mg/dL", CREATININE, 1.493),
    ("7 mmol/L of glucose", 7, "mmol/L", "mg/dL", GLUCOSE, 126.1),
    ("4.5 meq/L of calcium", 4.5, "meq/L", "mmol/L", CALCIUM, 2.25),
    ("10 mg/dL of calcium", 10, "mg/dL", "meq/L", CALCIUM, 4.99),
    ("4.5 meq/L of potassium", 4.5, "meq/L", "mmol/L", POTASSIUM, 4.5),
    ("7 % of haemoglobin A1c", 7, "%", "mmol/mol", HBA1C, 53.0),
    ("53 mmol/mol of haemoglobin A1c", 53, "mmol/mol", "%", HBA1C, 7.0),
    ("40 international units of ALT", 40, "IU/L", "U/L", ALT, 40),
    ("haemoglobin by the monomer", 14, "g/dL", "mmol/L", "718-7", 8.69),
    ("platelets one by one", 100_000, "/uL", "10*9/L", "", 100),
    ("platelets by thousands", 150, "K/uL", "10*9/L", "", 150),
    ("grams per cent", 12, "g%", "g/L", "", 120),
    ("fever", 38, "Cel", "[degF]", "", 100.4),
    ("fever as it is written", 38, "°C", "°F", "", 100.4),
    ("a pressure", 120, "mmHg", "kPa", "", 16.0),
    ("a weight", 220, "lbs", "kg", "", 99.8),
    ("months", 2, "a", "mo", "", 24),
    ("a dose", 500, "mGy.cm", "Gy.cm", "", 0.5),
]


@pytest.mark.parametrize(
    ("number", "stored", "asked", "code", "expected"), [row[1:] for row in SAME], ids=[row[0] for row in SAME]
)
def test_an_amount_is_the_same_in_another_unit(
    number: float, stored: str, asked: str, code: str, expected: float
) -> None:
    found = conversion(stored, asked, code)

    assert found is not None
    assert found.of(number) == pytest.approx(expected, rel=5e-3)


NOT_KNOWN = [
    ("a mole of nobody says what", "mg/dL", "mmol/L", ""),
    ("an equivalent of nobody says what", "meq/L", "mmol/L", ""),
    ("a mass and a volume", "mg", "mL", GLUCOSE),
    ("units of insulin are no enzyme's", "[iU]/L", "U/L", "20448-7"),
    ("a temperature and a pressure", "Cel", "mm[Hg]", ""),
    ("a dietary calorie, which the registry takes for a thousandth", "[Cal]", "kJ", ""),
    ("an inch of mercury, which it takes for warmer mercury", "[in_i'Hg]", "mm[Hg]", ""),
    ("a decibel, which it takes for a ratio of powers", "dB", "Np", ""),
    ("what is no unit", "spoons", "mg", ""),
    ("nothing at all", "", "mg", ""),
]


@pytest.mark.parametrize(
    ("stored", "asked", "code"), [row[1:] for row in NOT_KNOWN], ids=[row[0] for row in NOT_KNOWN]
)
def test_what_cannot_be_known_is_not_guessed(stored: str, asked: str, code: str) -> None:
    assert conversion(stored, asked, code) is None


@given(st.sampled_from(SAME), st.floats(0.01, 10_000))
def test_there_and_back_is_where_one_was(row: tuple[str, float, str, str, str, float], number: float) -> None:
    _, _, stored, asked, code, _ = row
    there, back = conversion(stored, asked, code), conversion(asked, stored, code)

    assert there is not None
    assert back is not None
    assert back.of(there.of(number)) == pytest.approx(number, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("text", ["mg/dL", "10*3/uL", "mmHg", "{score}", "IU/L", "°C", "세"])
def test_what_records_write_is_a_unit(text: str) -> None:
    assert is_unit(text)


@pytest.mark.parametrize("text", ["", "spoons", "mg//dL", "a" * 65, "mg/dL; DROP", "\x00"])
def test_what_is_none_is_none(text: str) -> None:
    assert not is_unit(text)


def test_a_unit_is_spelled_as_ucum_does_where_it_is_known() -> None:
    assert [spelled(each) for each in ("mmHg", "K/uL", "mg/dL", "spoons")] == [
        "mm[Hg]",
        "10*3/uL",
        "mg/dL",
        "spoons",
    ]
