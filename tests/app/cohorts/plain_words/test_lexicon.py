"""The shipped lexicon: its names stand for one thing each, and its codes are codes of that thing."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from itertools import chain, cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cohorts.plain_words.lexicon.lexicon import CodeChoice, Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconCoding, LexiconKind, LexiconRow
from app.cohorts.plain_words.lexicon.systems import SYSTEMS, WRITTEN

LEXICON = Lexicon.shipped()
ROWS = tuple(LEXICON.rows.values())
LEAST = {
    LexiconKind.CONDITION: 600,
    LexiconKind.STATE: 50,
    LexiconKind.DRUG: 500,
    LexiconKind.DRUG_CLASS: 100,
    LexiconKind.LAB: 150,
    LexiconKind.VITAL: 25,
    LexiconKind.PROCEDURE: 150,
    LexiconKind.MODALITY: 30,
    LexiconKind.BODY_SITE: 120,
    LexiconKind.DEVICE: 30,
    LexiconKind.ENCOUNTER: 20,
    LexiconKind.ALLERGEN: 30,
    LexiconKind.VACCINE: 20,
    LexiconKind.REPORT_WORD: 40,
    LexiconKind.DOCUMENT: 15,
}
# A question may name 200 codings in a set of concepts; what a name stands for has to fit in one.
MOST_CODINGS = 200
HANGUL = re.compile("[가-힣]")
LATIN_ABBREVIATION = re.compile(r"[A-Z0-9][A-Za-z0-9]*([ /-][A-Za-z0-9]+)*")
# Verhoeff's digit: the group of a pentagon's turns and mirrors, and what a place does to a digit.
TURNS = tuple(
    tuple((a + b) % 5 if b < 5 else (a + b) % 5 + 5 for b in range(10))
    if a < 5
    else tuple((a - b) % 5 + 5 if b < 5 else (a - b) % 5 for b in range(10))
    for a in range(10)
)
MOVED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
# A kind of thing in records, and a code that stands for it there.
MEANT = """
type-1-diabetes SCT:46635009
type-2-diabetes SCT:44054006
diabetes SCT:73211009
hypertension SCT:38341003
hypertension ICD10:I10
myocardial-infarction SCT:22298006
heart-failure SCT:84114007
atrial-fibrillation SCT:49436004
angina SCT:194828000
asthma SCT:195967001
copd SCT:13645005
pneumonia SCT:233604007
pulmonary-embolism SCT:59282003
stroke SCT:230690007
tuberculosis SCT:56717001
hiv-infection SCT:86406008
covid-19 SCT:840539006
pneumothorax SCT:36118008
osteosarcoma SCT:307576001
osteosarcoma ICDO:9180/3
osteosarcoma MONDO:0009807
osteosarcoma HPO:0002669
breast-cancer SCT:254837009
lung-cancer SCT:363358000
chronic-kidney-disease SCT:709044004
depression SCT:35489007
pregnant SCT:77386006
current-smoker SCT:449868002
obese LNC:39156-5
metformin RXN:6809
metformin ATC:A10BA02
warfarin RXN:11289
aspirin RXN:1191
atorvastatin RXN:83367
lisinopril RXN:29046
insulin-glargine RXN:274783
statin ATC:C10AA
beta-blocker ATC:C07
creatinine LNC:2160-0
hba1c LNC:4548-4
egfr LNC:33914-3
hemoglobin LNC:718-7
potassium LNC:2823-3
glucose LNC:2345-7
psa LNC:2857-1
ldl-cholesterol LNC:18262-6
body-temperature LNC:8310-5
systolic-blood-pressure LNC:8480-6
heart-rate LNC:8867-4
body-weight LNC:29463-7
body-mass-index LNC:39156-5
oxygen-saturation LNC:2708-6
ct DCM:CT
mri DCM:MR
x-ray DCM:DX
mammography DCM:MG
pet-ct DCM:PT
chest SCT:51185008
chest SCT:816094009
brain SCT:12738006
appendectomy SCT:80146002
cholecystectomy SCT:38102005
chemotherapy SCT:367336001
hemodialysis SCT:302497006
pacemaker SCT:14106009
emergency-visit ACT:EMER
inpatient-stay ACT:IMP
penicillin-allergy SCT:91936005
peanut SCT:762952008
influenza-vaccine CVX:140
radiology-report LNC:18748-4
discharge-summary LNC:18842-5
""".strip().splitlines()
CALLED = """
diabetes 당뇨
type-2-diabetes 제2형당뇨병
hypertension 고혈압
myocardial-infarction 심장마비
stroke 뇌졸중
osteosarcoma 골육종
ct 시티
x-ray 엑스레이
mri MRI
chest 흉부
chest 가슴
pregnant 임신
current-smoker 흡연자
metformin 메트포르민
aspirin 아스피린
hba1c 당화혈색소
deceased 사망
hypertension HTN
hypertension high blood pressure
myocardial-infarction heart attack
breast-cancer breast carcinoma
x-ray radiograph
""".strip().splitlines()


def checks_as_verhoeff(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        total = TURNS[total][reduce(lambda moved, _: MOVED[moved], range(place % 8), digit)]
    return total == 0


def checks_as_loinc(code: str) -> bool:
    digits, _, check = code.partition("-")
    doubled = (int(digit) * factor for digit, factor in zip(reversed(digits), cycle((2, 1)), strict=False))
    return -sum(number // 10 + number % 10 for number in doubled) % 10 == int(check)


def written_as(pattern: str) -> Callable[[str], bool]:
    return lambda code: re.fullmatch(pattern, code) is not None


WELL_FORMED: Mapping[str, Callable[[str], bool]] = {
    "SCT": lambda code: (
        written_as(r"[1-9]\d{5,17}")(code) and code[-3:-1] in ("00", "10") and checks_as_verhoeff(code)
    ),
    "ICD10": written_as(r"[A-Z](\d[0-9A-Z](\.[0-9A-Z]{1,4})?)?"),
    "ICD10PCS": written_as(r"[0-9A-HJ-NP-Z]{7}"),
    "ICDO": written_as(r"\d{4}/\d"),
    "LNC": lambda code: written_as(r"\d{1,7}-\d")(code) and checks_as_loinc(code),
    "RXN": written_as(r"[1-9]\d{1,6}"),
    "ATC": written_as(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?"),
    "CVX": written_as(r"\d{2,3}"),
    "CPT": written_as(r"\d{4}[0-9A-Z]"),
    "DCM": written_as(r"[A-Z]{2,9}"),
    "HPO": written_as(r"HP:\d{7}"),
    "MONDO": written_as(r"MONDO:\d{7}"),
    "DOID": written_as(r"DOID:\d{1,7}"),
    "NDFRT": written_as(r"N\d{10}"),
    "UNII": written_as(r"[0-9A-Z]{10}"),
    "ACT": written_as(r"[A-Z]+"),
}


def folded(name: str) -> str:
    """A name as it is compared: in any case, Korean without spaces."""
    return "".join(name.split()) if HANGUL.search(name) else name.casefold()


def names_of(row: LexiconRow) -> set[str]:
    return {folded(name) for name in row.en + row.ko}


def codings_of(row: LexiconRow) -> Iterator[LexiconCoding]:
    yield from row.codings
    for meaning in row.meaning:
        yield from meaning.codings + meaning.values


def bearers() -> Mapping[str, set[str]]:
    """The ids of the rows that have a name, by the name."""
    found: dict[str, set[str]] = {}
    for row in ROWS:
        for name in names_of(row):
            found.setdefault(name, set()).add(row.id)
    return found


@pytest.mark.parametrize("kind", LexiconKind)
def test_every_kind_has_the_rows_that_questions_need(kind: LexiconKind) -> None:
    assert len(LEXICON.of(kind)) >= LEAST[kind]


def test_no_name_stands_for_two_things_unless_it_is_asked_about() -> None:
    shared = {name: ids for name, ids in bearers().items() if len(ids) > 1}

    assert shared == {folded(name): set(ids) for name, ids in LEXICON.ambiguous.items()}


def test_no_row_tells_a_name_twice() -> None:
    again = [
        (row.id, name)
        for row in ROWS
        for names in (row.en, row.ko)
        for name, times in Counter(map(folded, names)).items()
        if times > 1
    ]

    assert again == []


def test_names_that_are_plain_words_too_are_written_in_capitals() -> None:
    written = {name for row in ROWS for name in row.en + row.ko}

    assert LEXICON.capitals <= written
    assert [name for name in LEXICON.capitals if name == name.lower()] == []
    assert {"ALL", "AS", "MS", "AIDS", "FIT", "CAP"} <= LEXICON.capitals


def test_each_language_has_its_own_names() -> None:
    assert [(row.id, name) for row in ROWS for name in row.en if HANGUL.search(name)] == []
    assert [
        (row.id, name)
        for row in ROWS
        for name in row.ko
        if not HANGUL.search(name) and not LATIN_ABBREVIATION.fullmatch(name)
    ] == []


def test_everything_but_the_words_of_reports_has_something_to_look_for() -> None:
    assert [
        row.id
        for row in ROWS
        if not (row.codings or row.parts or row.meaning) and row.kind is not LexiconKind.REPORT_WORD
    ] == []


@pytest.mark.parametrize("prefix", SYSTEMS)
def test_every_code_is_written_as_its_system_writes_codes(prefix: str) -> None:
    wrong = [
        (row.id, coding.code)
        for row in ROWS
        for coding in codings_of(row)
        if coding.system in SYSTEMS[prefix] and not WELL_FORMED[prefix](coding.code)
    ]

    assert wrong == []


def test_no_row_tells_a_code_twice() -> None:
    again = [
        (row.id, code)
        for row in ROWS
        for code, times in Counter((each.system, each.code) for each in row.codings).items()
        if times > 1
    ]

    assert again == []


@given(st.sampled_from(["73211009", "44054006", "10939881000119105"]), st.data())
def test_a_mistyped_digit_of_a_snomed_code_is_noticed(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 1))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != code[at]]))

    assert checks_as_verhoeff(code)
    assert not checks_as_verhoeff(code[:at] + digit + code[at + 1 :])


@given(st.sampled_from(["2160-0", "4548-4", "18748-4"]), st.data())
def test_a_mistyped_digit_of_a_loinc_code_is_noticed(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, code.index("-") - 1))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != code[at]]))

    assert checks_as_loinc(code)
    assert not checks_as_loinc(code[:at] + digit + code[at + 1 :])


def test_parts_are_rows_and_none_is_a_part_of_itself() -> None:
    assert [
        (row.id, part) for row in ROWS for part in row.parts + row.excluded if part not in LEXICON.rows
    ] == []
    assert [row.id for row in ROWS if row.id in _below(row.id)] == []


def _below(id: str) -> set[str]:
    found: set[str] = set()
    further = list(LEXICON.rows[id].parts)
    while further:
        part = further.pop()
        if part not in found:
            found.add(part)
            further.extend(LEXICON.rows[part].parts)
    return found


def test_what_a_name_stands_for_fits_in_one_set_of_concepts() -> None:
    chosen = ((row.id, LEXICON.codes(row)) for row in ROWS)

    assert [id for id, codes in chosen if len(codes.include) + len(codes.exclude) > MOST_CODINGS] == []


def test_a_group_includes_the_codes_of_its_parts() -> None:
    statins = LEXICON.codes(LEXICON.rows["statin"]).include

    assert set(LEXICON.rows["atorvastatin"].codings) - set(statins) == {
        coding for coding in LEXICON.rows["atorvastatin"].codings if coding.code == "C10AA05"
    }


def test_what_a_group_leaves_out_is_told_apart_with_all_below_it() -> None:
    rows = [
        LexiconRow("all", LexiconKind.CONDITION, ("all",), ("모두",), (sct(1),), ("kept", "left"), ("left",)),
        LexiconRow("kept", LexiconKind.CONDITION, ("kept",), ("남음",), (sct(2),)),
        LexiconRow("left", LexiconKind.CONDITION, ("left",), ("빠짐",), (sct(3),), ("below",)),
        LexiconRow("below", LexiconKind.CONDITION, ("below",), ("아래",), (sct(4),)),
    ]
    lexicon = Lexicon({row.id: row for row in rows}, {}, frozenset())

    assert lexicon.codes(rows[0]) == CodeChoice((sct(1), sct(2)), (sct(3), sct(4)))


def sct(number: int) -> LexiconCoding:
    return LexiconCoding(SYSTEMS["SCT"][0], str(number))


def test_measured_things_have_a_unit_and_other_things_have_none() -> None:
    measured = (LexiconKind.LAB, LexiconKind.VITAL)

    assert {row.kind for row in ROWS if row.unit} == set(measured)
    assert [row.unit for row in ROWS if row.unit and not re.fullmatch(r"[!-~]+", row.unit)] == []
    assert {
        id: LEXICON.rows[id].unit
        for id in ("creatinine", "hba1c", "egfr", "potassium", "body-temperature", "systolic-blood-pressure")
    } == {
        "creatinine": "mg/dL",
        "hba1c": "%",
        "egfr": "mL/min/{1.73_m2}",
        "potassium": "mmol/L",
        "body-temperature": "Cel",
        "systolic-blood-pressure": "mm[Hg]",
    }


def test_only_states_have_a_meaning_and_all_but_their_groups_have_one() -> None:
    assert {row.kind for row in ROWS if row.meaning} == {LexiconKind.STATE}
    assert [row.id for row in LEXICON.of(LexiconKind.STATE) if not row.meaning and not row.parts] == []


def test_a_modality_that_is_told_by_words_is_one_that_its_codes_alone_do_not_tell() -> None:
    described = {row.id for row in ROWS if row.description}

    assert {LEXICON.rows[id].kind for id in described} == {LexiconKind.MODALITY}
    assert {"ct-angiography", "mr-angiography"} <= described
    assert not {"ct", "mri", "x-ray"} & described


@pytest.mark.parametrize("meant", MEANT)
def test_a_thing_has_the_code_that_records_have_for_it(meant: str) -> None:
    id, _, written = meant.partition(" ")
    prefix, _, code = written.partition(":")
    row = LEXICON.rows[id]

    assert (SYSTEMS[prefix][0], WRITTEN.get(prefix, "") + code) in {
        (coding.system, coding.code) for coding in codings_of(row)
    }


@pytest.mark.parametrize("called", CALLED)
def test_a_thing_is_called_what_people_call_it(called: str) -> None:
    id, _, name = called.partition(" ")

    assert folded(name) in names_of(LEXICON.rows[id])


def test_no_brand_or_ingredient_stands_for_two_drugs() -> None:
    drugs = LEXICON.of(LexiconKind.DRUG)
    codes = Counter(
        coding
        for row in drugs
        for coding in row.codings
        if coding.system == SYSTEMS["RXN"][0] and coding.descendants
    )
    names = Counter(chain.from_iterable(map(names_of, drugs)))

    assert [name for name, times in names.items() if times > 1] == []
    assert [coding.code for coding, times in codes.items() if times > 1] == []
