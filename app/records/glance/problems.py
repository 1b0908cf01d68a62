"""Problems: what the patient has and had, each once, however often it was written down."""

from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.words import all_words, codes_in, label_of

_NOT_BELIEVED = frozenset({"refuted", "entered-in-error"})
_PAST = frozenset({"inactive", "remission", "resolved"})
_ORDER = ("active", "past")


def problems(chart: PatientChart) -> list[Told]:
    """The problems, those that go on first, each with since when it is known."""
    groups: dict[tuple[str, str], list[ChartItem]] = {}
    for each in chart.of("Condition"):
        if not codes_in(each.body.get("verificationStatus")) & _NOT_BELIEVED:
            groups.setdefault((_state(each), _name(each)), []).append(each)
    told = [_entry(state, group) for (state, _), group in groups.items()]
    return sorted(told, key=lambda each: _ORDER.index(each["state"]))


def _state(item: ChartItem) -> str:
    past = codes_in(item.body.get("clinicalStatus")) & _PAST
    return "past" if past or (item.lasting and item.lasting.end) else "active"


def _name(item: ChartItem) -> str:
    """By what two entries are of one problem: their codes, else their words."""
    codes = codes_in(item.body.get("code"))
    return " ".join(sorted(codes)) or label_of(item.body).casefold()


def _entry(state: str, group: list[ChartItem]) -> Told:
    newest, oldest = group[0], group[-1]
    return newest.entry(
        start=oldest.lasting.start if oldest.lasting else None,
        state=state,
        verification=" ".join(sorted(codes_in(newest.body.get("verificationStatus")))),
        stage=all_words([each["summary"] for each in _stages(newest) if "summary" in each]),
        entries=[each.reference for each in group],
    )


def _stages(item: ChartItem) -> list[Told]:
    stages = item.body.get("stage")
    return [each for each in stages if isinstance(each, dict)] if isinstance(stages, list) else []
