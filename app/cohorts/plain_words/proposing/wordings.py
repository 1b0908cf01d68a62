"""Why nothing is proposed, and why a code of a proposal does not count, in both languages."""

from collections.abc import Mapping

from app.cohorts.plain_words.grammar.choices import Bilingual

WORDINGS: Mapping[str, Bilingual] = {
    "off": Bilingual("No outside service is set up.", "외부 서비스가 설정되어 있지 않습니다."),
    "busy": Bilingual(
        "Too many proposals are waited for. Ask again.", "기다리는 제안이 너무 많습니다. 다시 물어 주세요."
    ),
    "key": Bilingual(
        "The key of the outside service cannot be read.", "외부 서비스의 키를 읽을 수 없습니다."
    ),
    "away": Bilingual("The outside service does not answer.", "외부 서비스가 응답하지 않습니다."),
    "late": Bilingual("The outside service took too long.", "외부 서비스의 응답이 너무 늦습니다."),
    "status": Bilingual("The outside service refused.", "외부 서비스가 거절했습니다."),
    "large": Bilingual("The outside service answered too much.", "외부 서비스의 답이 너무 깁니다."),
    "protocol": Bilingual(
        "The outside service did not answer as its protocol says.", "외부 서비스의 답이 규약과 다릅니다."
    ),
    "json": Bilingual("What the outside service wrote is no JSON.", "외부 서비스가 쓴 것이 JSON이 아닙니다."),
    "form": Bilingual(
        "What the outside service proposes is no cohort question.",
        "외부 서비스의 제안이 코호트 질문이 아닙니다.",
    ),
    "years": Bilingual(
        "The proposal compares dates by less than whole years, which who sees pseudonyms cannot ask.",
        "제안이 날짜를 연도보다 자세히 비교합니다. 가명으로 보는 사람은 그렇게 물을 수 없습니다.",
    ),
    "codes": Bilingual(
        "The proposal names something for which no code is known.",
        "제안에 코드를 알 수 없는 이름이 있습니다.",
    ),
    "unknown-name": Bilingual("Nothing is known by this name.", "이 이름으로 알려진 것이 없습니다."),
    "not-of-that-name": Bilingual(
        "This code does not stand for what it is called.", "이 코드는 그 이름을 뜻하지 않습니다."
    ),
}
