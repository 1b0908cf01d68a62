"""Builds the question: named events and concept sets, and the tree of conditions over them."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import orjson

from app.cohorts.plain_words.grammar import doubts
from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.facts import Fact, Junction, PersonFact, ToldNode
from app.cohorts.plain_words.grammar.times import TimeSaid
from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconKind, LexiconRow, StateMeaning
from app.cohorts.plain_words.linking.coding import CodeLinker, JsonObject, coded, name_without, put_set
from app.cohorts.plain_words.scanning.signs import Sign
from app.cohorts.plain_words.trees.ages import age_nodes
from app.cohorts.plain_words.trees.choosing_times import chosen_relative, chosen_window
from app.cohorts.plain_words.trees.events import chosen_rows, event_of
from app.cohorts.plain_words.trees.values import number_of


class Unsayable(Exception):
    """What was said and the language of cohorts has no words for; `sign` is where."""

    def __init__(self, code: str, sign: Sign | None) -> None:
        super().__init__(code)
        self.code = code
        self.sign = sign


_LASTING = ("encounter", "procedure")  # what something may happen during


@dataclass(slots=True)
class TreeBuilder:
    """Builds one question, as of a day; `places` leads from the folded text into the one that was asked."""

    linker: CodeLinker
    choices: Choices
    day: date
    places: tuple[int, ...]
    sets: dict[str, JsonObject] = field(default_factory=dict)
    events: dict[str, JsonObject] = field(default_factory=dict)
    named: dict[int, str] = field(default_factory=dict)

    def node(self, told: ToldNode) -> JsonObject:
        """The node of a tree of facts.

        Raises `Unsayable` where something cannot be said in the language.
        """
        if isinstance(told, Junction):
            if told.op == "not":
                return {"not": self.node(told.of[0])}
            nodes = [self.node(each) for each in told.of]
            if told.op == "atLeast":
                return {"atLeast": {"n": told.n, "of": nodes}}
            return {told.op: _flat(told.op, nodes)}
        return self._person(told) if isinstance(told, PersonFact) else self._fact(told)

    # Persons

    def _person(self, told: PersonFact) -> JsonObject:
        if told.kind == "sex":
            return {"sex": {"op": "eq", "value": told.value, "src": self.src(told.signs)}}
        if told.kind == "deceased":
            return self._death(told)
        said = told.age
        if said is None:
            raise Unsayable("age", told.signs[0])
        at = "asOf"
        if told.at is not None:
            chosen = self.choices.pick("age-at", told.signs[0].start, doubts.AGE_AT, doubts.AGES_AT)
            at = self.name_of(told.at) if chosen == "event" else "asOf"
        nodes = age_nodes(said, at, self.choices, told.signs[0].start, self.src(told.signs))
        return nodes[0] if len(nodes) == 1 else {"all": nodes}

    def _death(self, told: PersonFact) -> JsonObject:
        listed = next((each for each in told.relatives if each.others), None)
        if listed is not None:
            rest = [each for each in told.relatives if each is not listed]
            return {"any": [self._death(replace(told, relatives=[*rest, each])) for each in listed.each]}
        value = told.value == "true"
        periods = [self._window(each, told.signs[0].start) for each in told.windows]
        for relative in told.relatives:
            if relative.anchor is None:
                raise Unsayable("anchor", relative.sign)
            said = _after_only(relative.said)
            periods.append(self._relative(said, self.name_of(relative.anchor), relative.sign))
        periods = [each for each in periods if each]
        if not periods:
            return {"deceased": value}
        return {"deceased": {"value": value, "period": periods[0] if len(periods) == 1 else periods}}

    # Facts

    def _fact(self, fact: Fact) -> JsonObject:
        match fact.kind:
            case "state":
                return self._state(fact)
            case "report" if fact.of is not None:
                return self._of_pictures(fact, fact.of)
            case "imaging" if any(each.is_dose for each in fact.features):
                return self._dosed(fact)
            case "lab" if fact.by_sex:
                return {"any": [self._of_sex(fact, *each) for each in fact.by_sex]}
        return self._plain(fact)

    def _plain(self, fact: Fact) -> JsonObject:
        """A fact that one event or several of its kind say."""
        if fact.method is not None:
            return {"all": [self._fact(replace(fact, method=None)), self._fact(fact.method)]}
        if fact.number is not None and fact.number.also is not None:
            ends = (replace(fact.number, also=None), fact.number.also)
            return {"all": [self._fact(replace(fact, number=each)) for each in ends]}
        ways = self._ways(fact)
        return self._exists(fact) if len(ways) == 1 else {"any": [self._exists(each) for each in ways]}

    def _of_sex(self, fact: Fact, sex: str, value: tuple[Bound, ...]) -> JsonObject:
        """A result as it is asked of one sex."""
        person = {"sex": {"op": "eq", "value": sex, "src": self.src(fact.signs)}}
        return {"all": [person, self._fact(replace(fact, by_sex=(), values=[value]))]}

    def _ways(self, fact: Fact) -> list[Fact]:
        """The facts any of which is meant: one for each value or maker; an allergy by its diagnosis, too."""
        if either := _either(fact):
            return [one for each in either for one in self._ways(each)]
        if len(fact.values) > 1:
            return [_with_value(fact, each) for each in fact.values]
        if fact.kind == "imaging" and len(fact.makers) > 1:
            return [_by_maker(fact, each) for each in fact.makers]
        if fact.kind == "condition" and _is_allergy(fact):
            rows = (*fact.rows, *_allergens(fact, self.linker.lexicon))
            return [fact, replace(fact, kind="allergen", rows=rows, union=True)]
        return [fact]

    def _exists(self, fact: Fact) -> JsonObject:
        if id(fact) in self.named:
            return {"exists": self.named[id(fact)]}
        event = self.event(fact)
        kind = event.pop("kind")
        return {kind: {**event, "src": self.src(fact.signs)}}

    def _of_pictures(self, fact: Fact, pictures: Fact) -> JsonObject:
        ways = doubts.MEETS if fact.words and not fact.belongs else tuple(reversed(doubts.MEETS))
        chosen = self.choices.pick("pictures", fact.start, doubts.PICTURES, ways)
        fact.of = None
        try:
            if chosen == "any":
                return self._exists(fact)
            if chosen == "both":
                return {"all": [self._exists(fact), self._exists(pictures)]}
            report = self.event(fact)
            kind = report.pop("kind")
            report["period"] = _and_period(report, {"same": "study", "as": self.name_of(pictures)})
            return {kind: {**report, "src": self.src(fact.signs)}}
        finally:
            fact.of = pictures

    def _dosed(self, fact: Fact) -> JsonObject:
        """Pictures and their dose; the dose reports name no part of the body."""
        dose = Fact("dose", (), fact.signs, features=[each for each in fact.features if each.is_dose])
        dose.windows, dose.relatives = list(fact.windows), list(fact.relatives)
        bare = Fact("imaging", fact.rows, fact.signs, modalities=fact.modalities, sites=fact.sites)
        bare.windows, bare.contrast, bare.makers = list(fact.windows), fact.contrast, fact.makers
        bare.features = [each for each in fact.features if not each.is_dose]
        return {"all": [self._exists(dose), self._exists(bare)]}

    def _state(self, fact: Fact) -> JsonObject:
        rows = chosen_rows(fact, self)
        nodes = [self._meant(fact, each) for row in rows for each in row.meaning]
        if not nodes:
            raise Unsayable("state", fact.signs[0] if fact.signs else None)
        return nodes[0] if len(nodes) == 1 else {"any": nodes}

    def _meant(self, fact: Fact, meaning: StateMeaning) -> JsonObject:
        """One of the ways in which a record tells a state."""
        if meaning.event == "deceased":
            return {"deceased": meaning.holds}
        row = next(each for each in fact.rows if meaning in each.meaning)
        made: JsonObject = {"codes": put_set(self.sets, row.id, self.linker.meant(row, meaning))}
        if meaning.values:
            made["value"] = {"op": "in", "codes": coded(meaning.values)}
        elif meaning.op and meaning.number is not None:
            made["value"] = {"op": meaning.op, "value": number_of(meaning.number), "unit": meaning.unit}
        self._times(fact, made)
        return {meaning.event: {**made, "src": self.src(fact.signs)}}

    def event(self, fact: Fact) -> JsonObject:
        """The event of a fact, with its times.

        Raises `Unsayable` where something cannot be said in the language.
        """
        if fact.kind == "state":
            return self._event_of_state(fact)
        if fact.by_sex:
            raise Unsayable("unsayable", fact.signs[0])  # no event knows of whom it is
        if _is_stopped_at_some_time(fact):
            raise Unsayable("stop-time", fact.signs[0])
        if fact.kind == "word" and fact.number is not None:
            raise Unsayable("unsayable", fact.signs[0])  # nobody counts how often reports say a word
        if _told_twice(fact) is not None:
            raise Unsayable("unsayable", fact.signs[0])  # one event has one number of a kind
        made = event_of(fact, self)
        self._times(fact, made)
        return made

    def _event_of_state(self, fact: Fact) -> JsonObject:
        """A state as an anchor: the first way in which it is told."""
        (node, *_) = (self._meant(fact, each) for row in fact.rows for each in row.meaning)
        ((kind, made),) = node.items()
        if kind == "deceased":
            raise Unsayable("death-as-anchor", fact.signs[0])
        return {"kind": kind, **{name: value for name, value in made.items() if name != "src"}}

    def _times(self, fact: Fact, made: JsonObject) -> None:
        if fact.kind == "encounter" and any(each.loose == "lasting" for each in fact.windows):
            raise Unsayable("unsayable", fact.signs[0])
        periods = [self._window(each, fact.start) for each in fact.windows]
        for relative in fact.relatives:
            if relative.anchor is None or relative.others:
                raise Unsayable("anchor", relative.sign)
            if "during" in relative.said.period and relative.anchor.kind not in _LASTING:
                raise Unsayable("unsayable", relative.sign)
            if fact.role == "readmit" and relative.said.loose in ("around", "on"):
                relative.said = _after_only(relative.said)
            period = self._relative(relative.said, self.name_of(relative.anchor), relative.sign)
            if period:
                periods.append(period)
        if fact.recent is not None and not periods:
            self._recently(fact, made, periods)
        if periods:
            made["period"] = periods[0] if len(periods) == 1 else periods
        self._counted(fact, made)

    def _counted(self, fact: Fact, made: JsonObject) -> None:
        pick = fact.pick or ("first" if fact.newly else "")
        if pick.startswith("nth:"):
            made["pick"] = {"nth": int(pick[4:]), "from": "first"}
        elif pick:
            made["pick"] = pick
        number = fact.number
        if number is not None:
            if number.also is not None:
                raise Unsayable("unsayable", fact.signs[0])
            if number.loose:
                self.choices.pick(
                    "many", fact.start, doubts.MANY, (doubts.way("2", "at least 2", "2회 이상"),)
                )
            if any(row.kind is LexiconKind.DRUG_CLASS for row in fact.rows):
                self.choices.pick("prescriptions", fact.start, doubts.PRESCRIPTIONS, doubts.ALONE)
            made["count"] = {"op": number.op, "n": number.n}
            if fact.distinct:
                made["count"]["distinct"] = "day"
        if fact.gap is not None:
            made.setdefault("count", {"op": "ge", "n": 2})
            made["gap"] = {
                **({"min": fact.gap.least} if fact.gap.least else {}),
                **({"max": fact.gap.most} if fact.gap.most else {}),
            }

    def _recently(self, fact: Fact, made: JsonObject, periods: list[Any]) -> None:
        place = fact.recent.start if fact.recent else fact.start
        chosen = self.choices.pick("recent", place, doubts.RECENT, doubts.RECENTLY)
        if chosen == "last":
            fact.pick = fact.pick or "last"
        elif chosen != "any":
            periods.append({"within": chosen, "before": "asOf"})

    def _window(self, said: TimeSaid, place: int) -> JsonObject:
        if said.either:
            raise Unsayable("unsayable", None)
        return chosen_window(said, self.day, self.choices, place)

    def _relative(self, said: TimeSaid, name: str, sign: Sign) -> JsonObject:
        return chosen_relative(said, name, self.choices, sign.start)

    # Names

    def name_of(self, fact: Fact) -> str:
        """The name of the event of a fact, which is put among the named ones."""
        if id(fact) in self.named:
            return self.named[id(fact)]
        event = self.event(fact)
        text = orjson.dumps(event, option=orjson.OPT_SORT_KEYS)
        base = (fact.name or event["kind"])[:56]
        name, number = base, 1
        while (
            name in self.events
            and orjson.dumps(_bare(self.events[name]), option=orjson.OPT_SORT_KEYS) != text
        ):
            number += 1
            name = f"{base}-{number}"
        self.events.setdefault(name, {**event, "src": self.src(fact.signs)})
        self.named[id(fact)] = name
        return name

    def codes(self, fact: Fact, rows: tuple[LexiconRow, ...], kind: str) -> JsonObject:
        """The codes of a fact: a named concept set.

        Raises `Unsayable` where nothing is known of the thing's codes.
        """
        made = self.linker.concept_set(rows, kind)
        if not made["include"]:
            raise Unsayable("no-codes", fact.signs[0] if fact.signs else None)
        name = "-or-".join(row.id for row in rows)
        if fact.without:
            left_out = [row for each in fact.without for row in each.rows]
            part = self.linker.without(made, rows, left_out)
            if part is None:
                raise Unsayable("unsayable", fact.without[0].signs[0])
            made = part
            name = name_without(rows, left_out)
        return put_set(self.sets, name, made)

    def src(self, signs: list[Sign]) -> list[int]:
        """Where signs stand in the text that was asked, flattened."""
        spans = sorted({(self.places[each.start], self.places[each.end - 1] + 1) for each in signs})
        return [place for span in spans for place in span]


def _is_stopped_at_some_time(fact: Fact) -> bool:
    """Whether the time at which a drug was stopped is asked for, which no record has."""
    stopped = fact.role == "stop" or bool(fact.statuses.get("status"))
    return fact.kind == "drug" and stopped and bool(fact.windows or fact.relatives)


def _after_only(said: TimeSaid) -> TimeSaid:
    """What comes only after something, deaths and readmissions: `within 30 days of surgery`."""
    if said.loose not in ("around", "on"):
        return said
    return TimeSaid({"after" if key == "around" else key: value for key, value in said.period.items()})


def _flat(op: str, nodes: list[JsonObject]) -> list[JsonObject]:
    """Nodes without a junction of the same kind among them; equal ones stand once."""
    flat = [one for each in nodes for one in (each.get(op, [each]))]
    distinct = {orjson.dumps(_deep(each), option=orjson.OPT_SORT_KEYS): each for each in flat}
    return list(distinct.values())


def _deep(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _deep(each) for name, each in value.items() if name != "src"}
    return [_deep(each) for each in value] if isinstance(value, list) else value


def _bare(event: JsonObject) -> JsonObject:
    return {name: value for name, value in event.items() if name != "src"}


def _with_value(fact: Fact, value: tuple[Bound, ...]) -> Fact:
    return replace(fact, values=[value])


def _either(fact: Fact) -> list[Fact]:
    """The facts any of which a fact with several periods, relations or features of one name means."""
    several = next((each for each in fact.windows if each.either), None)
    if several is not None:
        rest = [each for each in fact.windows if each is not several]
        return [replace(fact, windows=[*rest, each]) for each in several.either]
    listed = next((each for each in fact.relatives if each.others), None)
    if listed is not None:
        others = [each for each in fact.relatives if each is not listed]
        return [replace(fact, relatives=[*others, each]) for each in listed.each]
    twice = _told_twice(fact)
    kept = [each for each in fact.features if each.name != twice]
    return [replace(fact, features=[*kept, each]) for each in fact.features if twice and each.name == twice]


def _told_twice(fact: Fact) -> str | None:
    """What of pictures has two numbers, either of which is enough: `1.5 T or 3 T`; None where nothing has."""
    names = [each.name for each in fact.features]
    return next((each for each in names if names.count(each) > 1), None)


def _is_allergy(fact: Fact) -> bool:
    """Whether a diagnosis is an allergy, which records tell as one or the other."""
    return any(
        "allerg" in name or "알레르기" in name for row in fact.rows for name in (*row.en, *row.ko)
    ) and any(row.id.endswith(("allergy", "-reaction")) for row in fact.rows)


def _allergens(fact: Fact, lexicon: Lexicon) -> tuple[LexiconRow, ...]:
    """What a diagnosis is an allergy to."""
    first = fact.name.partition("-")[0]
    return tuple(row for row in lexicon.of(LexiconKind.ALLERGEN) if row.id.partition("-")[0] == first)


def _by_maker(fact: Fact, maker: str) -> Fact:
    return replace(fact, makers=[maker])


def _and_period(event: JsonObject, period: JsonObject) -> Any:
    before = event.get("period")
    if before is None:
        return period
    return [*before, period] if isinstance(before, list) else [before, period]
