"""The pages of reports: what they show, that no word is lost, and who is offered what."""

import re
from html import unescape

import pytest

from app.records.reporting.content import ReportContent
from app.records.reporting.states import ReportStep
from tests.app.http.reporting.conftest import At
from tests.app.http.sessions.conftest import signed_up
from tests.factories.reporting import KOREAN, Department, ToReport

WHAT = "Tension pneumothorax"


def page_of(waiting: ToReport) -> str:
    return f"/studies/{waiting.uid}/report"


def field(page: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]* ?name="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found, name
    return unescape(found[1])


def test_a_study_leads_to_its_report_which_is_written_and_signed(department: Department, at: At) -> None:
    waiting, reader = department.waiting(), at("reader")
    assert f'{page_of(waiting)}"' in reader.open(f"/studies/{waiting.uid}").text
    page = reader.open(page_of(waiting)).text
    assert field(page, "indication") == "Cough for six weeks"
    assert waiting.prior in page

    saved = reader.press(page_of(waiting), do="save", findings="결절.", impression="").text
    assert "Saved." in saved
    assert field(saved, "findings") == "결절."
    signed = reader.press(page_of(waiting), do="sign", findings="결절.", impression=KOREAN).text

    assert "Signed by Jiwoo Han" in signed
    assert KOREAN in unescape(signed)
    assert reader.open(page_of(waiting)).request.path.startswith("/reports/")


def test_what_is_refused_comes_back_with_every_word(department: Department, at: At) -> None:
    waiting, reader = department.waiting(), at("reader")
    reader.open(page_of(waiting))

    page = reader.press(
        page_of(waiting),
        do="sign",
        findings="결절 <b>",
        impression="",
        codes="nonsense",
        priors=[waiting.prior],
    )

    assert page.status_code == 400
    assert (field(page.text, "findings"), field(page.text, "codes")) == ("결절 <b>", "nonsense")
    assert 'aria-describedby="wrong-codes"' in page.text
    assert re.search(rf'value="{waiting.prior}"[^>]* checked', page.text)
    assert department.reports(waiting) == []


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"isCritical": "yes"}, "critical"),
        ({"critical": WHAT}, "critical"),
        ({"impression": ""}, "impression"),
        ({"findings": "a\x07b"}, "findings"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    department: Department, at: At, sent: dict[str, str], place: str
) -> None:
    waiting, reader = department.waiting(), at("reader")
    reader.open(page_of(waiting))

    page = reader.press(page_of(waiting), **{"do": "sign", "impression": "A", **sent})

    assert page.status_code == 400
    assert f'aria-describedby="wrong-{place}"' in page.text


def test_the_second_of_two_keeps_their_words_beside_those_of_the_first(
    department: Department, at: At
) -> None:
    waiting, reader, second = department.waiting(), at("reader"), at("second")
    for each in (reader, second):
        each.open(page_of(waiting))
    reader.press(page_of(waiting), do="save", findings="words of the first")

    page = second.press(page_of(waiting), do="save", findings="words of the second")

    assert page.status_code == 409
    assert field(page.text, "findings") == "words of the second"
    assert "words of the first" in page.text
    assert "Jiwoo Han" in page.text
    saved = second.press(page_of(waiting), do="save", findings="words of both")
    assert field(saved.text, "findings") == "words of both"
    late = reader.press(page_of(waiting), do="save", findings="late words")
    assert (late.status_code, field(late.text, "findings")) == (412, "late words")
    assert "words of both" in late.text


def test_a_report_is_added_to_and_corrected_on_its_page(department: Department, at: At) -> None:
    report, reader = department.signed(department.waiting()), at("reader")
    path = f"/reports/{report.report_id}"
    reader.open(path)

    assert "CT of 2024" in reader.press(f"{path}/addendum", text="CT of 2024 seen.").text
    refused = reader.press(f"{path}/addendum", text="  ", critical="kept")
    assert (refused.status_code, field(refused.text, "critical")) == (400, "kept")
    reader.open(f"{path}/correction")
    again = reader.press(f"{path}/correction", impression="8 mm.", reason="")
    assert (again.status_code, field(again.text, "impression")) == (400, "8 mm.")
    page = reader.press(f"{path}/correction", impression="8 mm.", reason="Measured anew").text

    assert "Measured anew" in page
    assert "8 mm." in page
    assert KOREAN in unescape(reader.open(f"{path}?version=1").text)
    assert "This is version 1." in reader.page.text


def test_a_critical_result_is_on_the_pages_of_both_until_it_is_acknowledged(
    department: Department, at: At
) -> None:
    report = department.signed(department.waiting(), critical="Pneumothorax, on two pages")
    path, reader, orderer = f"/reports/{report.report_id}", at("reader"), at("orderer")
    assert f'{path}"' in orderer.open("/home").text
    assert f'{path}"' in reader.open("/home").text
    assert f"{path}/acknowledgement" not in reader.open(path).text
    orderer.open(path)

    page = orderer.press(f"{path}/acknowledgement").text

    assert "Acknowledged by Dohyun Lee" in page
    assert f"{path}/acknowledgement" not in page
    assert "Critical results for you" not in orderer.open("/home").text or path not in orderer.page.text


def test_a_report_that_is_begun_is_discarded(department: Department, at: At) -> None:
    waiting, reader = department.waiting(), at("reader")
    content = ReportContent(findings="A")
    begun = department.reporting.write(department.reader, waiting.uid, content, ReportStep.SAVE, None)
    path = f"/reports/{begun.report_id}"
    assert f"{page_of(waiting)}" in reader.open(path).text

    page = reader.press(f"{path}/withdrawal", reason="Another study").text

    assert "This report was withdrawn" in page
    assert department.reporting.open(department.reader, waiting.uid).report is None


def test_who_may_not_write_is_offered_to_read(department: Department, at: At) -> None:
    report = department.signed(department.waiting())
    for role in ("fhir-reader", "fhir-contributor"):
        name = signed_up(department.wiring, f"a-{role}", role)
        browser = at(name)
        page = browser.open(f"/reports/{report.report_id}")
        assert page.status_code == 200
        assert "/addendum" not in page.text
        assert "/correction" not in page.text


def test_nothing_of_a_report_is_markup(department: Department, at: At) -> None:
    waiting = department.waiting()
    report = department.signed(waiting, findings="<script>alert(1)</script>", critical="<img src=x>")

    page = at("reader").open(f"/reports/{report.report_id}").text

    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;" in page


def test_pages_of_what_is_not_there_say_so(department: Department, at: At) -> None:
    reader = at("reader")
    for path in ("/reports/none", "/studies/1.2.3/report", "/reports/none/correction"):
        assert reader.open(path).status_code == 404
    assert reader.open("/reports/none?version=x").status_code == 400


def test_other_applications_are_told_of_the_report_that_is_open(department: Department, at: At) -> None:
    waiting, reader = department.waiting(), at("second")
    hub, scope = department.wiring.cast_hub, department.clinician("second")

    def opened() -> str:
        return str(hub.current(scope, hub.topic(scope)))

    reader.open(page_of(waiting))
    reader.press(page_of(waiting), do="save", findings="A", impression="B")
    begun = department.reporting.open(department.reader, waiting.uid).report
    assert begun is not None
    assert begun.report_id in opened()
    reader.press(page_of(waiting), do="sign", findings="A", impression="B")

    assert begun.report_id not in opened()


def test_words_for_a_report_that_was_withdrawn_begin_another(department: Department, at: At) -> None:
    waiting, reader = department.waiting(), at("reader")
    reader.open(page_of(waiting))
    reader.press(page_of(waiting), do="save", findings="A")
    begun = department.reporting.open(department.reader, waiting.uid).report
    assert begun is not None
    department.reporting.withdraw(department.second, begun.report_id, 1, "Another study")

    page = reader.press(page_of(waiting), do="save", findings="words that stay")

    assert (page.status_code, field(page.text, "findings")) == (409, "words that stay")
    assert "Saved." in reader.press(page_of(waiting), do="save", findings="words that stay").text


def test_words_for_a_report_that_was_signed_meanwhile_stay_and_lead_to_it(
    department: Department, at: At
) -> None:
    waiting, reader = department.waiting(), at("reader")
    reader.open(page_of(waiting))
    reader.press(page_of(waiting), do="save", findings="A", impression="B")
    begun = department.reporting.open(department.reader, waiting.uid).report
    assert begun is not None
    department.reporting.save(department.second, begun.report_id, begun.content, ReportStep.SIGN, 1)

    page = reader.press(page_of(waiting), do="sign", findings="words that stay", impression="B")

    assert (page.status_code, field(page.text, "findings")) == (412, "words that stay")
    assert "It is signed." in page.text
    assert f"/reports/{begun.report_id}" in page.text
