"""What a question leaves open, in words: why, and the ways in which it may be meant."""

from app.cohorts.plain_words.grammar.choices import Alternative, Bilingual

MEANING = Bilingual("the name stands for several things", "여러 뜻이 있는 이름")
WINDOW = Bilingual("what the period is of", "기간이 무엇에 걸리는지")
AGE_AT = Bilingual("when they had that age", "언제의 나이인지")
LATEST = Bilingual("a result of now is the latest one", "지금의 결과는 가장 최근 것으로 봄")
TAKING = Bilingual("taken now, or ever prescribed", "지금 복용 중인지, 처방된 적이 있는지")
CONFIRMED = Bilingual("what counts as confirmed", "무엇을 확진으로 볼지")
RECENT = Bilingual("`recent` is no number", "‘최근’은 정해진 기간이 아님")
GROUP = Bilingual("the ages are not said", "나이가 정해져 있지 않음")
MANY = Bilingual("how many are not said", "횟수가 정해져 있지 않음")
AGO = Bilingual("how exactly the time is meant", "시점을 얼마나 정확히 볼지")
LASTING = Bilingual(
    "the time since it was first recorded stands for how long it has lasted",
    "처음 기록된 때부터의 기간으로 봄",
)
LAST_UNIT = Bilingual("of the calendar, or up to today", "달력의 단위인지, 오늘까지의 기간인지")
AROUND = Bilingual("before, after, or either", "전인지 후인지 양쪽인지")
POINT = Bilingual("up to so long, or at least so long", "그 기간 이내인지 이후인지")
LATER = Bilingual("whether the order counts", "앞뒤 순서를 따질지")
ENDS = Bilingual("the ends of the range count, too", "범위의 양 끝도 포함함")
BARRED = Bilingual("what is excluded", "무엇을 제외하는지")
STAY = Bilingual("there now, or ever", "지금 있는지, 있은 적이 있는지")
PRESSURE = Bilingual("which of the two pressures", "어느 혈압인지")
SITES = Bilingual("which pictures are of that part of the body", "그 부위가 어느 영상의 것인지")
OPERATION = Bilingual("any operation counts", "어떤 수술이든 포함함")
FROM = Bilingual("from a date: of it, or since it", "그때의 것인지 그때부터인지")
UNTIL = Bilingual("whether the time itself counts, too", "그때도 포함하는지")
ANCHORED = Bilingual("whether those without it count", "기준이 되는 일이 없는 환자도 포함할지")
OVERLAP = Bilingual(
    "both are asked for, and not that they overlap", "둘 다 있으면 되고 기간이 겹치는지는 보지 않음"
)
SINCE = Bilingual("what the time is counted from", "기간을 어디서부터 셀지")
LISTED_ANCHORS = Bilingual("what the time is told by", "시점의 기준이 무엇인지")
GROUPED = Bilingual("which conditions hold together", "어떤 조건끼리 묶이는지")
ORDER = Bilingual("`and` and `or` stand side by side", "‘그리고’와 ‘또는’이 섞여 있음")
MENTIONED = Bilingual("whether reports that deny it count", "없다고 한 판독문도 볼지")
EARLIER = Bilingual("the time is that before what stands before it", "앞에 말한 것을 기준으로 한 때로 읽음")
REASON = Bilingual("on record, or the reason for the stay", "진단 기록인지 입원 이유인지")
NEEDED = Bilingual("whether patients without it count", "그것이 없는 환자도 포함할지")
PICTURES = Bilingual("which reports count", "어떤 판독문을 볼지")
YEAR_OF = Bilingual("whose date is counted by", "무엇의 날짜로 셀지")
JUXTAPOSED = Bilingual(
    "two things stand side by side and both are asked for", "나란히 놓인 두 가지를 모두 조건으로 봄"
)
DISEASE = Bilingual("the disease is that of the vaccine", "예방접종한 그 병으로 읽음")
PRESCRIPTIONS = Bilingual(
    "prescriptions are counted, not different drugs", "약의 종류가 아니라 처방 횟수로 셈"
)
TOLD = Bilingual("read as told by the report", "판독문에 있는 내용으로 읽음")
DENIED = Bilingual("what denies more denies this, too", "더 넓은 것을 부정한 판독문도 포함할지")


DESCRIBED = Bilingual("pictures that have no code of their own", "따로 코드가 없는 영상")
EITHER_PICTURES = Bilingual("any of the pictures that are listed", "나열한 영상 중 어느 것이든")
HYBRID = Bilingual("whether the study has to hold both", "한 검사에 둘 다 있어야 하는지")
POSITIVE = Bilingual("a positive test is read as the diagnosis", "양성을 그 진단으로 읽음")
SOFT = Bilingual("a word that says more than codes do is left out", "코드로 알 수 없는 수식어는 빼고 읽음")
SHARE = Bilingual("a share is told as the number of those that it counts", "비율은 해당하는 수로 답함")
TREATED = Bilingual("which of the diagnoses is treated", "어느 진단을 치료하는지")
SHORT = Bilingual("an abbreviation", "줄임말")
ONLY = Bilingual("`only` leaves out what is said to be left out", "‘만’은 빼라고 한 것만 빼는 것으로 읽음")
HEADING = Bilingual("what stands before the colon is read as a heading", "콜론 앞은 제목으로 읽음")
FOUND = {
    "composed": Bilingual("a name that is put together of its parts", "신체 부위와 질환을 합쳐 읽은 이름"),
    "sounded": Bilingual("a name that is read by its sound", "소리로 읽은 이름"),
}
LEFT_OUT = Alternative("left-out", Bilingual("without it", "빼고 읽음"))
HEADED = (Alternative("kept", Bilingual("as a condition, too", "조건으로도 읽음")), LEFT_OUT)


def way(name: str, en: str, ko: str) -> Alternative:
    """One way to mean something."""
    return Alternative(name, Bilingual(en, ko))


RECENTLY = (
    way("P6M", "in the last 6 months", "최근 6개월 이내"),
    way("P3M", "in the last 3 months", "최근 3개월 이내"),
    way("P1M", "in the last month", "최근 1개월 이내"),
    way("P1Y", "in the last year", "최근 1년 이내"),
    way("last", "the last one", "가장 최근 것"),
    way("any", "at any time", "언제든지"),
)
ACTIVELY = (
    way("any", "prescribed at any time", "처방된 적이 있음"),
    way("active", "an active prescription", "현재 유효한 처방이 있음"),
)
NOW = (ACTIVELY[1], ACTIVELY[0])
CONFIRMING = (
    way("confirmed", "the verification status is confirmed", "확인 상태가 확정인 진단"),
    way("any", "any diagnosis that is not refuted", "배제되지 않은 모든 진단"),
)
DIAGNOSED = (
    way(
        "any",
        "any that is not refuted: provisional and differential ones, too",
        "배제되지 않은 모든 진단: 잠정·감별 진단도",
    ),
    CONFIRMING[0],
)
AGES_AT = (
    way("event", "at that time", "그 당시의 나이"),
    way("asOf", "on the day of the question", "질문일의 나이"),
)
MEETS = (
    way("any", "reports of any pictures", "모든 영상의 판독문"),
    way("both", "patients with such a report and such pictures", "그런 판독문과 그런 영상이 모두 있는 환자"),
    way("study", "reports of those very pictures", "바로 그 영상의 판독문"),
)
NEEDS = (
    way("needed", "only patients who have one", "그것이 있는 환자만"),
    way("not", "patients without one, too", "없는 환자도 포함"),
)
BARRED_WAYS = (
    way("part", "what stands since the last comma", "마지막 쉼표 뒤의 것만"),
    way("all", "all of the sentence", "문장 전체"),
)
DEATHS = (
    way("death", "of the death", "사망 시기"),
    way("cause", "of what they died of", "사망 원인의 시기"),
)
STAYING = (
    way("ever", "a stay at any time", "있은 적이 있음"),
    way("now", "a stay that is under way", "지금 있음"),
)
STAYING_NOW = (STAYING[1], STAYING[0])
SITES_OF = (
    way("both", "both", "둘 다"),
    way("last", "the last only", "뒤의 것만"),
)
UNTIL_WAYS = (
    way("before", "until before it", "그때는 빼고 그 전까지"),
    way("through", "until then, that time included", "그때를 포함하여 그때까지"),
)
FROM_WAYS = (
    way("in", "of that time only", "그때의 것만"),
    way("since", "since then", "그때부터"),
)
SINCE_WAYS = (
    way("event", "from what stands before it", "앞에 말한 일부터"),
    way("asOf", "back from the day of the question", "질문일부터 거꾸로"),
)
REASONS = (
    way("both", "patients with such a diagnosis and such a stay", "그 진단과 입원이 모두 있는 환자"),
    way("reason", "stays for that reason", "그 이유로 한 입원"),
)
FOR_THAT = (
    way("both", "patients with such a diagnosis", "그 진단이 있는 환자"),
    LEFT_OUT,
)
"""What a scan or an operation was for, which no record says."""
ORDERED = (
    way("after", "after the other", "앞의 것 다음에"),
    way("any", "at any time", "언제든지"),
)
LATEST_WAYS = (
    way("last", "the latest result", "가장 최근 결과"),
    way("any", "any result", "모든 결과"),
)
HYBRIDS = (
    way("any", "any PET", "모든 PET"),
    way("both", "studies that hold PET and CT", "PET과 CT가 모두 있는 검사"),
)
TREATED_WAYS = (
    way("all", "any of them", "그중 어느 것이든"),
    way("one", "only the one that it stands beside", "바로 옆의 것만"),
)
PRECEDED = (
    way("before", "before the other", "앞의 것 이전에"),
    ORDERED[1],
)
ORDERS = (
    way("or", "the alternatives belong together", "‘또는’으로 이은 것끼리 먼저 묶음"),
    way("and", "what `and` joins belongs together", "‘그리고’로 이은 것끼리 먼저 묶음"),
)
MENTIONS = (
    way("any", "whatever is said of it", "어떻게 말하든 언급한 것"),
    way("affirmed", "only what is told to be there", "있다고 한 것만"),
)
LISTED_WAYS = (
    way("time", "either is what the time is told by", "둘 다 시점의 기준"),
    way("fact", "the second is another condition", "뒤의 것은 다른 조건"),
)
ANY_ANCHOR = (
    LISTED_WAYS[0],
    way("fact", "the first is another condition", "앞의 것은 다른 조건"),
)
BOTH_ANCHORS = (
    way("time", "both are what the time is told by", "둘 다 시점의 기준"),
    ANY_ANCHOR[1],
)
ONE_OF = (
    way("one", "of what stands before it", "앞의 것만"),
    way("all", "of all that is listed", "나열한 것 모두"),
)
GROUPED_WAYS = (
    way("apart", "two groups of patients", "서로 다른 두 환자군"),
    way("shared", "what is said of persons is said of both", "나이와 성별은 둘 다에 걸림"),
)
ALONE = (way("same", "as it is read", "이렇게 읽음"),)
DENYING = (
    way("wider", "reports that deny more, too", "더 넓은 것을 부정한 판독문도"),
    way("exact", "reports that deny just this", "바로 이것을 부정한 판독문만"),
)
BETWEEN = (
    way("in", "both ends included", "양 끝 포함"),
    way("apart", "as two comparisons", "두 조건으로 나눔"),
)
EITHER_SIDE = (
    way("around", "before or after", "전후 모두"),
    way("after", "after", "이후"),
    way("before", "before", "이전"),
)
COUNTED_ON = (EITHER_SIDE[1], EITHER_SIDE[0], EITHER_SIDE[2])
UP_TO = (
    way("within", "up to so long", "그 기간 이내"),
    way("atLeast", "at least so long", "그 기간 이상 지나서"),
)
ROLLING = (
    way("calendar", "of the calendar", "달력 기준"),
    way("rolling", "up to the day of the question", "질문일까지의 기간"),
)


def about(age: int) -> list[Alternative]:
    """The ways in which `around 50` may be meant."""
    return [
        way(
            f"ge{age - by}lt{age + by + 1}",
            f"{age - by} to {age + by}",
            f"{age - by}세 이상 {age + by}세 이하",
        )
        for by in (5, 2, 3, 10)
        if age > by
    ]


GROUPS = {
    "adult": (
        ("ge18", "18 or older", "18세 이상"),
        ("ge19", "19 or older", "19세 이상"),
        ("ge20", "20 or older", "20세 이상"),
    ),
    "child": (
        ("lt18", "under 18", "18세 미만"),
        ("lt19", "under 19", "19세 미만"),
        ("lt15", "under 15", "15세 미만"),
        ("lt13", "under 13", "13세 미만"),
        ("lt12", "under 12", "12세 미만"),
    ),
    "elderly": (
        ("ge65", "65 or older", "65세 이상"),
        ("ge60", "60 or older", "60세 이상"),
        ("ge70", "70 or older", "70세 이상"),
        ("ge75", "75 or older", "75세 이상"),
    ),
    "infant": (("lt1", "under 1", "1세 미만"), ("lt2", "under 2", "2세 미만")),
    "neonate": (("lt28d", "under 28 days", "생후 28일 미만"),),
    "toddler": (("ge1lt6", "1 to 5", "1세 이상 6세 미만"), ("ge1lt4", "1 to 3", "1세 이상 4세 미만")),
    "adolescent": (
        ("ge13lt18", "13 to 17", "13세 이상 18세 미만"),
        ("ge10lt20", "10 to 19", "10세 이상 20세 미만"),
        ("ge12lt19", "12 to 18", "12세 이상 19세 미만"),
    ),
    "middle": (
        ("ge40lt65", "40 to 64", "40세 이상 65세 미만"),
        ("ge45lt65", "45 to 64", "45세 이상 65세 미만"),
    ),
    "fertile": (
        ("ge15lt50", "15 to 49", "15세 이상 50세 미만"),
        ("ge15lt45", "15 to 44", "15세 이상 45세 미만"),
        ("ge18lt50", "18 to 49", "18세 이상 50세 미만"),
    ),
    "young": (
        ("lt40", "under 40", "40세 미만"),
        ("lt30", "under 30", "30세 미만"),
        ("lt35", "under 35", "35세 미만"),
        ("lt45", "under 45", "45세 미만"),
    ),
}
"""Ages that people name without numbers: ids that say the bounds, and what they are called."""
