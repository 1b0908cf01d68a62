"""Lessons: each reader concerned is told of one thing once, by a key that stays when evidence comes."""

from app.feedback.lessons import lessons, read_beside
from tests.app.feedback.charts import CANCER, NODULE, discharged, operation, pictures, read, tissue
from tests.factories.charts import chart_of

FIRST = (pictures("one", "2026-01-02"), read("one", "2026-01-02", NODULE, "a"))
GROWN = "IMPRESSION: The nodule in the left lower lobe grew to 16 mm."
SECOND = (pictures("two", "2026-03-02"), read("two", "2026-03-02", GROWN, "b"))
TISSUE = tissue("p", "2026-03-14", CANCER, resultsInterpreter=[{"reference": "Practitioner/pathologist"}])


def test_each_reader_of_a_chain_gets_one_lesson() -> None:
    told = lessons(chart_of(*FIRST, *SECOND, TISSUE))

    assert [each.reader for each in told] == ["Practitioner/a", "Practitioner/b"]
    assert [len(each.evidence) for each in told] == [2, 1]
    assert all(each.confirmed_by[-1] == "Practitioner/pathologist" for each in told)
    assert told[1].days == 12


def test_further_evidence_joins_the_lesson_and_leaves_its_key() -> None:
    before = lessons(chart_of(*FIRST, TISSUE))
    more = (
        operation("o", "2026-04-01", "VATS left lower lobectomy"),
        *discharged("d", "2026-04-09", "Lung cancer"),
    )
    after = lessons(chart_of(*FIRST, TISSUE, *more))

    assert [each.key for each in before] == [each.key for each in after]
    assert [match.outcome.reference for match in after[0].evidence] == [
        "DiagnosticReport/p",
        "Procedure/o",
        "Condition/d",
    ]


def test_two_things_in_one_patient_are_two_lessons() -> None:
    knee = (
        pictures("knee", "2026-01-05", "Right knee X-ray", "DX"),
        read("knee", "2026-01-05", "Tibial plateau fracture.", "a"),
        operation("orif", "2026-01-07", "ORIF right tibial plateau"),
    )
    told = lessons(chart_of(*FIRST, TISSUE, *knee))

    assert [each.reader for each in told] == ["Practitioner/a"] * 2
    assert len({each.key for each in told}) == 2


def test_two_things_in_one_read_are_two_lessons() -> None:
    both = read("one", "2026-01-02", "IMPRESSION: 1. Left lower lobe nodule. 2. Gallstones.", "a")
    chart = chart_of(FIRST[0], both, TISSUE, operation("o", "2026-02-01", "Cholecystectomy"))

    assert len(lessons(chart)) == 2


def test_ones_own_later_pictures_are_no_lesson_and_an_addendum_is_one() -> None:
    own = (pictures("two", "2026-03-02"), read("two", "2026-03-02", GROWN, "a"))
    added = {**FIRST[1], "status": "amended"}

    assert lessons(chart_of(*FIRST, *own)) == ()
    assert [each.reader for each in lessons(chart_of(FIRST[0], added))] == ["Practitioner/a"]


def test_the_key_is_that_of_the_first_read_of_a_chain_of_ones_own() -> None:
    own = (pictures("two", "2026-03-02"), read("two", "2026-03-02", GROWN, "a"))
    (lesson,) = lessons(chart_of(*FIRST, *own, TISSUE))

    assert lesson.key == "Practitioner/a|DiagnosticReport/one|LUNG"
    assert [each.reference for each in lesson.reads] == ["DiagnosticReport/one", "DiagnosticReport/two"]


def test_two_readers_of_one_report_are_each_told() -> None:
    both = [{"reference": "Practitioner/a"}, {"reference": "Practitioner/b"}]
    told = lessons(chart_of(FIRST[0], {**FIRST[1], "performer": both}, TISSUE))

    assert [each.reader for each in told] == ["Practitioner/a", "Practitioner/b"]


def test_what_the_outcome_says_stands_beside_what_was_read() -> None:
    (lesson,) = lessons(chart_of(*FIRST, TISSUE))
    words = {change.what for change in read_beside(lesson.first)}

    assert words >= {"added", "removed"}


def test_a_chart_without_reads_has_no_lessons() -> None:
    assert lessons(chart_of(TISSUE)) == ()
