"""A table of the lexicon is read as written, and refused by file and line where it is not written well."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cohorts.plain_words.lexicon.parsing import LexiconError, columns, lexicon_rows, names_in
from app.cohorts.plain_words.lexicon.rows import LexiconCoding, LexiconKind, StateMeaning
from app.cohorts.plain_words.lexicon.systems import SYSTEMS

SCT = SYSTEMS["SCT"][0]
LOINC = SYSTEMS["LNC"][0]
ROW = {
    "id": "asthma",
    "en": "asthma",
    "ko": "천식",
    "codes": "SCT:195967001+",
    "parts": "",
    "note": "",
    "unit": "",
    "meaning": "",
    "description": "",
}


def written(kind: LexiconKind, *rows: dict[str, str]) -> str:
    """A table of rows that differ from asthma in some cells."""
    lines = ["\t".join(columns(kind))]
    lines += ["\t".join((ROW | row)[name] for name in columns(kind)) for row in rows]
    return "\n".join(lines)


def state(meaning: str) -> tuple[StateMeaning, ...]:
    (row,) = lexicon_rows(LexiconKind.STATE, written(LexiconKind.STATE, {"codes": "", "meaning": meaning}))
    return row.meaning


def test_a_row_holds_what_its_cells_say() -> None:
    text = written(
        LexiconKind.LAB,
        {
            "id": "sugar",
            "en": "sugar | glucose",
            "ko": "당 | 혈당",
            "codes": "LNC:2345-7 LNC:2339-0+",
            "parts": "one two -three",
            "unit": "mg/dL",
            "note": "a remark",
        },
    )
    (row,) = lexicon_rows(LexiconKind.LAB, text)

    assert (row.id, row.kind, row.en, row.ko) == (
        "sugar",
        LexiconKind.LAB,
        ("sugar", "glucose"),
        ("당", "혈당"),
    )
    assert row.codings == (LexiconCoding(LOINC, "2345-7"), LexiconCoding(LOINC, "2339-0", descendants=True))
    assert (row.parts, row.excluded) == (("one", "two"), ("three",))
    assert (row.unit, row.note, row.meaning, row.description) == ("mg/dL", "a remark", (), ())


def test_a_code_stands_for_all_the_systems_of_its_prefix() -> None:
    text = written(LexiconKind.CONDITION, {"codes": "ICD10:J45+ HPO:0002099"})
    (row,) = lexicon_rows(LexiconKind.CONDITION, text)

    assert row.codings == (
        *(LexiconCoding(system, "J45", descendants=True) for system in SYSTEMS["ICD10"]),
        *(LexiconCoding(system, "HP:0002099") for system in SYSTEMS["HPO"]),
    )


def test_a_state_is_told_by_any_of_its_meanings() -> None:
    pregnant = LexiconCoding(SCT, "77386006", descendants=True)
    index = LexiconCoding(LOINC, "39156-5")
    status, daily = LexiconCoding(LOINC, "72166-2"), LexiconCoding(SCT, "449868002")

    assert state("condition SCT:77386006+") == (StateMeaning("condition", (pregnant,)),)
    assert state("observation LNC:72166-2 = SCT:449868002 ; condition SCT:77386006+") == (
        StateMeaning("observation", (status,), values=(daily,)),
        StateMeaning("condition", (pregnant,)),
    )
    assert state("observation LNC:39156-5 >= 30.5 kg/m2") == (
        StateMeaning("observation", (index,), op="ge", number=Decimal("30.5"), unit="kg/m2"),
    )
    assert state("deceased false") == (StateMeaning("deceased", holds=False),)


def test_comments_and_empty_lines_say_nothing() -> None:
    plain = written(LexiconKind.CONDITION, {}, {"id": "burn"})
    remarked = "# by organ\n\n" + plain.replace("\nburn", "\n# skin\n\nburn")

    assert lexicon_rows(LexiconKind.CONDITION, remarked) == lexicon_rows(LexiconKind.CONDITION, plain)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": "Asthma"}, "'Asthma' is no id"),
        ({"id": "a_b"}, "'a_b' is no id"),
        ({"parts": "Other"}, "'Other' is no id"),
        ({"en": ""}, "a name is missing"),
        ({"en": "asthma | "}, "ends with a space"),
        ({"en": "asthma || wheeze"}, "a name is missing"),
        ({"ko": "천식 | 천식"}, "stands twice"),
        ({"codes": "195967001"}, "is no code"),
        ({"codes": "SNOMED:195967001"}, "is no code"),
        ({"codes": "SCT:195967001++"}, "is no code"),
        ({"note": " remark"}, "begins or ends with a space"),
    ],
)
def test_what_is_not_well_written_is_refused_with_its_place(change: dict[str, str], reason: str) -> None:
    text = written(LexiconKind.CONDITION, {"id": "acne"}, change)

    with pytest.raises(LexiconError, match=r"^conditions\.tsv:3: ") as refused:
        lexicon_rows(LexiconKind.CONDITION, text)

    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "meaning",
    [
        "condition",
        "illness SCT:77386006+",
        "SCT:77386006+",
        "deceased maybe",
        "observation LNC:39156-5 >= 30",
        "observation LNC:39156-5 >= many kg/m2",
        "observation LNC:39156-5 = 30 kg/m2",
        "condition SCT:77386006+ ; ",
    ],
)
def test_a_meaning_that_says_nothing_is_refused(meaning: str) -> None:
    with pytest.raises(LexiconError, match=r"^states\.tsv:2: "):
        state(meaning)


def test_rows_that_are_not_sorted_are_refused() -> None:
    with pytest.raises(LexiconError, match=r"^conditions\.tsv:3: acne stands after asthma"):
        lexicon_rows(LexiconKind.CONDITION, written(LexiconKind.CONDITION, {}, {"id": "acne"}))
    with pytest.raises(LexiconError, match=r"^conditions\.tsv:3: asthma stands after asthma"):
        lexicon_rows(LexiconKind.CONDITION, written(LexiconKind.CONDITION, {}, {}))


def test_a_line_with_too_few_cells_is_refused() -> None:
    with pytest.raises(LexiconError, match=r"^conditions\.tsv:2: 5 cells instead of 6"):
        lexicon_rows(LexiconKind.CONDITION, written(LexiconKind.CONDITION, {}).removesuffix("\t"))


@pytest.mark.parametrize("text", ["", "# nothing", "id\tname", "asthma\tasthma\t천식\t\t\t"])
def test_a_table_without_its_header_is_refused(text: str) -> None:
    with pytest.raises(
        LexiconError, match=r"^conditions\.tsv:1: the header must be id en ko codes parts note"
    ):
        lexicon_rows(LexiconKind.CONDITION, text)


NAMES = st.lists(
    st.text(st.characters(categories=("L", "N"), include_characters=" -/"), min_size=1)
    .map(str.strip)
    .filter(bool),
    min_size=1,
    unique=True,
)


@given(NAMES)
def test_the_names_of_a_cell_come_back_as_they_were_written(names: list[str]) -> None:
    assert names_in(" | ".join(names)) == tuple(names)
