"""What reports tell, deny, suspect and do not tell."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, said, who

TOLD = (
    (
        "reports with no evidence of gallstones",
        (
            "report (saying any of “gallstones”, “cholelithiasis”, “gallbladder stone”, “gall "
            "stone”, “GB stone”, “담석”, “담석증”, “담낭결석”, “쓸개돌”, “담낭담석”, “stone”, "
            "“calculus”, “calculi”, “stones”, “결석”, “결석증”; denied)"
        ),
    ),
    (
        "담석 소견이 없는 판독문",
        (
            "report (saying any of “gallstones”, “cholelithiasis”, “gallbladder stone”, “gall "
            "stone”, “GB stone”, “담석”, “담석증”, “담낭결석”, “쓸개돌”, “담낭담석”, “stone”, "
            "“calculus”, “calculi”, “stones”, “결석”, “결석증”; denied)"
        ),
    ),
    (
        "reports that mention gallstones but not ascites",
        (
            "report (saying any of “gallstones”, “cholelithiasis”, “gallbladder stone”, “gall "
            "stone”, “GB stone”, “담석”, “담석증”, “담낭결석”, “쓸개돌”, “담낭담석”; saying none of "
            "“ascites”, “peritoneal fluid”, “복수”, “복수증”, “복강내 액체”)"
        ),
    ),
    (
        "담석은 언급하지만 복수는 언급하지 않은 판독문",
        (
            "report (saying any of “gallstones”, “cholelithiasis”, “gallbladder stone”, “gall "
            "stone”, “GB stone”, “담석”, “담석증”, “담낭결석”, “쓸개돌”, “담낭담석”; saying none of "
            "“ascites”, “peritoneal fluid”, “복수”, “복수증”, “복강내 액체”)"
        ),
    ),
    (
        "chest X-ray reports suspicious for pneumonia",
        "report (saying any of “pneumonia”, “lung infection”, “폐렴”, “폐 감염”; suspected)",
    ),
    (
        "폐렴이 의심되는 흉부 X선 판독문",
        "report (saying any of “pneumonia”, “lung infection”, “폐렴”, “폐 감염”; suspected)",
    ),
)
SHOWN = (
    (
        "CT에서 출혈이 없는 환자",
        "report (saying any of “hemorrhage”, “haemorrhage”, “bleeding”, “bleed”, “출혈”, “출혈증”; denied)",
    ),
    (
        "흉부 X선에서 심비대가 있는 환자",
        (
            "report (saying any of “cardiomegaly”, “enlarged heart”, “cardiac enlargement”, "
            "“increased cardiothoracic ratio”, “심비대”, “심장비대”, “심장비대증”, “심비대증”)"
        ),
    ),
    (
        "판독문에 결절은 있지만 종괴는 없는 환자",
        (
            "report (saying any of “nodule”, “nodular”, “nodular lesion”, “nodularity”, “nodules”, "
            "“결절”, “결절성 병변”, “소결절”, “노듈”; saying none of “mass”, “masses”, “mass lesion”, "
            "“tumor”, “tumour”, “space-occupying lesion”, “종괴”, “종물”, “덩이”, “종양”, "
            "“공간점유병변”, “매스”)"
        ),
    ),
    (
        "흉부 CT 판독문에 결절은 있고 종괴는 없는 환자",
        (
            "report (saying any of “nodule”, “nodular”, “nodular lesion”, “nodularity”, “nodules”, "
            "“결절”, “결절성 병변”, “소결절”, “노듈”; saying none of “mass”, “masses”, “mass lesion”, "
            "“tumor”, “tumour”, “space-occupying lesion”, “종괴”, “종물”, “덩이”, “종양”, "
            "“공간점유병변”, “매스”)"
        ),
    ),
    (
        "골절 소견이 없는 손목 X선",
        (
            "report (saying any of “fracture”, “bone fracture”, “broken bone”, “fractures”, “골절”, "
            "“뼈 골절”, “골절상”, “뼈 부러짐”; denied)"
        ),
    ),
    (
        "기흉은 언급됐지만 흉관은 언급 안 된 판독문",
        (
            "report (saying any of “pneumothorax”, “collapsed lung”, “pneumothoraces”, “기흉”, "
            "“공기가슴증”; saying none of “chest tube insertion”, “tube thoracostomy”, “chest drain”, "
            "“chest tube”, “thoracostomy”, “흉관삽입술”, “흉관 삽입”, “흉강삽관술”, “흉관”, "
            "“가슴관삽입”)"
        ),
    ),
)
TOLD = (
    (
        "CT head without bleed",
        "report (saying any of “hemorrhage”, “haemorrhage”, “bleeding”, “bleed”, “출혈”, “출혈증”; denied)",
    ),
    (
        "CXR with cardiomegaly",
        (
            "report (saying any of “cardiomegaly”, “enlarged heart”, “cardiac enlargement”, "
            "“increased cardiothoracic ratio”, “심비대”, “심장비대”, “심장비대증”, “심비대증”)"
        ),
    ),
    (
        "bone scans showing fracture, men with gout",
        (
            "report (saying any of “fracture”, “bone fracture”, “broken bone”, “fractures”, “골절”, "
            "“뼈 골절”, “골절상”, “뼈 부러짐”); men; diagnosis “gout”"
        ),
    ),
    (
        "Head CT reports: subdural or epidural hematoma, but no mention of midline shift",
        (
            "report (saying any of “subdural hematoma”, “subdural haematoma”, “subdural hemorrhage”, "
            "“subdural haemorrhage”, “경막하출혈”, “경막하혈종”, “경질막밑출혈”, “경막밑출혈”, "
            "“epidural hematoma”, “epidural haematoma”, “extradural hematoma”, “extradural "
            "haematoma”, “epidural hemorrhage”, “경막외출혈”, “경막외혈종”, “경질막외출혈”; saying "
            "none of “midline shift”, “mass effect”, “brain herniation”, “herniation”, “정중선 이동”, "
            "“정중선 편위”, “종괴효과”, “뇌탈출”)"
        ),
    ),
)


@pytest.mark.parametrize(("question", "meant"), TOLD)
def test_a_report_tells_what_is_said_of_it(question: str, meant: str) -> None:
    assert who(question) == meant


def test_who_denies_more_denies_this_too_and_that_is_told() -> None:
    question = "impression states no intracranial hemorrhage"

    assert "“hemorrhage”" in said(question)
    assert "“hemorrhage”" not in said(question, denied_21="exact")


@pytest.mark.parametrize(("question", "meant"), SHOWN)
def test_korean_reports_tell_what_is_there_and_what_is_not(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), TOLD)
def test_english_reports_end_where_persons_begin(question: str, meant: str) -> None:
    assert who(question) == meant


def test_what_a_procedure_came_out_as_is_not_guessed() -> None:
    assert who("심초음파는 정상인데 BNP가 높은 환자") == ""


def test_words_of_reports_alone_are_told_to_be_some() -> None:
    assert "told" in doubts("nodule and gout")
