"""Why a question is refused or only partly understood, in both languages."""

from collections.abc import Mapping

from app.cohorts.plain_words.grammar.choices import Bilingual

REASONS: Mapping[str, Bilingual] = {
    "empty": Bilingual("Ask something.", "질문을 적어 주세요."),
    "nothing": Bilingual("No condition on patients was understood.", "환자에 대한 조건을 찾지 못했습니다."),
    "not-understood": Bilingual(
        "Something here was not understood, and the answer may hang on it.",
        "이해하지 못한 부분이 있고, 답이 달라질 수 있습니다.",
    ),
    "left-out": Bilingual(
        "Something here was not understood and is left out.", "이해하지 못한 부분을 빼고 읽었습니다."
    ),
    "unattached": Bilingual(
        "This was understood, but not what it is said of.", "무엇에 대한 말인지 알 수 없습니다."
    ),
    "future": Bilingual(
        "What is yet to come is on no record; nothing is predicted here.",
        "앞으로의 일은 기록에 없으며, 예측은 하지 않습니다.",
    ),
    "opinion": Bilingual(
        "This asks for advice or a judgement, not for patients.",
        "환자가 아니라 조언이나 판단을 묻는 질문입니다.",
    ),
    "statistic": Bilingual(
        "Averages, rates and changes are not answered here, only who and how many.",
        "평균, 비율, 변화는 답하지 않습니다. 누구인지와 몇 명인지만 답합니다.",
    ),
    "action": Bilingual(
        "Questions are answered here, and nothing is changed, sent or made.",
        "질문에만 답하며, 바꾸거나 보내거나 만들지 않습니다.",
    ),
    "elsewhere": Bilingual(
        "No record that can be asked holds this.", "물어볼 수 있는 기록에 없는 내용입니다."
    ),
    "contradictory": Bilingual(
        "Nobody can meet these conditions at once.", "동시에 만족할 수 없는 조건입니다."
    ),
    "empty-period": Bilingual("The period ends before it begins.", "기간의 끝이 시작보다 앞섭니다."),
    "unsayable": Bilingual(
        "This was understood, and cannot be asked in this way.", "이해했지만 이렇게는 물을 수 없습니다."
    ),
    "too-complex": Bilingual("This is more than one question can hold.", "한 질문에 담기에는 너무 많습니다."),
    "no-codes": Bilingual("No code is known for this.", "이것의 코드를 알지 못합니다."),
    "anchor": Bilingual("It is not clear before or after what.", "무엇의 전이나 후인지 알 수 없습니다."),
    "state": Bilingual("Records do not tell this.", "기록으로 알 수 없는 상태입니다."),
    "death-as-anchor": Bilingual(
        "Times before or after death cannot be asked.", "사망 전후의 시기는 물을 수 없습니다."
    ),
    "stop-time": Bilingual(
        "Records tell when a drug was prescribed, not when it was stopped.",
        "기록에는 약을 처방한 때만 있고 중단한 때는 없습니다.",
    ),
    "age": Bilingual("This is no age.", "나이가 아닙니다."),
    "years-only": Bilingual(
        "Who sees pseudonyms compares dates by their years only: ask for whole years, such as since 2020 or "
        "within the last two years, and for ages in years.",
        "가명으로 보는 사람은 날짜를 연도로만 비교합니다. 2020년부터, 지난 2년처럼 연 단위로, 나이는 세로 "
        "질문해 주세요.",
    ),
    "by-year": Bilingual(
        "You see pseudonyms: dates count as their years, a period as every year that it touches, and ages as "
        "of the end of the year.",
        "가명으로 보므로 날짜는 연도로만 셉니다. 기간은 걸치는 모든 해를 포함하고, 나이는 그해 말 "
        "기준입니다.",
    ),
    "codes-cut": Bilingual(
        "More codes may stand for this than one question can hold; some are left out.",
        "한 질문에 담을 수 있는 것보다 코드가 많아 일부를 뺐습니다.",
    ),
    "words-cut": Bilingual(
        "The records have more different words than are kept here; codes may be missing.",
        "기록에 쓰인 말이 너무 많아 모두 찾아보지 못했습니다. 빠진 코드가 있을 수 있습니다.",
    ),
}
