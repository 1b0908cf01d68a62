"""References of ontologies: the same, wider, or neither."""

import pytest

from app.terminology.sources.crossmaps import Claimant, OtherNames, is_rest, judged, names_of, words_of_name
from fhir_profiles.terminology import Coding

ICD, SCT, TRUSTED = "urn:icd", "urn:sct", "urn:trusted"
TITLES = {"C50": "Malignant neoplasm of breast", "H35.5": "Hereditary retinal dystrophy"}
OTHERS = OtherNames(
    {
        ICD: lambda code: names_of((TITLES[code],)) if code in TITLES else frozenset(),
        TRUSTED: lambda _: names_of(("Another name",)),
    },
    trusted=(TRUSTED,),
)


def claimant(code: str, *references: Coding, names: tuple[str, ...] = (), above: str = "") -> Claimant:
    return Claimant(("urn:o", code), names_of(names or (code,)), (above,) if above else (), references)


def found(*claimants: Claimant) -> dict[str, list[tuple[str, str]]]:
    rows = judged(claimants, OTHERS)
    return {code: [(other, how) for (_, other), how in targets] for (_, code), targets in rows.items()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Malignant neoplasm of breast", "breast cancer"),
        ("Diseases of spleen", "spleen disease"),
        ("Crohn's disease", "Crohn disease"),
        ("Tumours of the bone", "bone tumor"),
    ],
)
def test_names_agree_whatever_their_order_and_form(one: str, other: str) -> None:
    assert words_of_name(one) == words_of_name(other)


def test_what_stands_in_brackets_may_be_left_out() -> None:
    assert names_of(["Essential (primary) hypertension"]) >= names_of(["essential hypertension"])


def test_a_code_of_the_rest_is_no_disease() -> None:
    assert is_rest("Other specified diabetes mellitus")
    assert is_rest("Meningitis, unspecified")
    assert not is_rest("Meningitis")


def test_a_code_of_the_same_name_is_the_same_and_wider_than_the_others_that_claim_it() -> None:
    breast = claimant("breast cancer", (ICD, "C50"))
    rare = claimant("rare syndrome with breast cancer", (ICD, "C50"))

    assert found(breast, rare) == {
        "breast cancer": [("C50", "equivalent")],
        "rare syndrome with breast cancer": [("C50", "wider")],
    }


def test_a_code_of_another_name_is_not_the_same() -> None:
    assert found(claimant("Usher syndrome", (ICD, "H35.5"))) == {"Usher syndrome": [("H35.5", "relatedto")]}
    two = found(claimant("Usher syndrome", (ICD, "H35.5")), claimant("Doyne", (ICD, "H35.5")))
    assert two == {"Usher syndrome": [("H35.5", "wider")], "Doyne": [("H35.5", "wider")]}
    assert found(claimant("x", (ICD, "Z99"))) == {"x": [("Z99", "relatedto")]}


def test_a_code_without_a_name_is_of_the_one_that_claims_it_or_of_the_one_above_the_others() -> None:
    assert found(claimant("a", (SCT, "1"))) == {"a": [("1", "equivalent")]}
    above = claimant("a", (SCT, "1"))
    middle, below = claimant("m", above="a"), claimant("b", (SCT, "1"), above="m")
    assert found(above, middle, below) == {"a": [("1", "equivalent")], "b": [("1", "wider")]}
    assert found(above, claimant("c", (SCT, "1"))) == {"a": [("1", "wider")], "c": [("1", "wider")]}


def test_a_system_that_is_kept_in_step_is_believed() -> None:
    assert found(claimant("a", (TRUSTED, "1"))) == {"a": [("1", "equivalent")]}
