"""Writes a question in words, English or Korean, from its tree and nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.cohorts.plain_words.linking.coding import JsonObject
from app.cohorts.plain_words.restating import templates as said
from app.cohorts.plain_words.restating.naming import code_words
from app.cohorts.plain_words.restating.spans import duration_words
from app.cohorts.plain_words.restating.templates import AND, Template

_SKIPPED = frozenset({"src", "why", "kind"})
_PAIR = 2


def question_words(question: JsonObject, language: str) -> str:
    """A whole question in words."""
    writer = QuestionWriter(question, language)
    day = str(question.get("asOf") or said.DAY.write(language))
    population = question["population"]
    nodes = population.get("all", [population])
    lines = [said.HEAD.write(language, day=day, what=AND.join(map(writer.node, nodes)))]
    asked = list(writer.asked(question.get("output", {})))
    if asked:
        lines.append(said.ASKED.write(language, what=AND.join(asked)))
    left = [each for each in question.get("events", {}) if each not in writer.told]
    while left:
        name = left.pop(0)
        if name not in writer.told:
            lines.append(said.WHERE.write(language, what=writer.named(name)))
        left = [each for each in question["events"] if each not in writer.told]
    return ". ".join(lines) + "."


class QuestionWriter:
    """Writes the parts of one question; `told` are the named events that were written out."""

    def __init__(self, question: JsonObject, language: str) -> None:
        self._question = question
        self._language = language
        self.told: set[str] = set()

    def _say(self, template: Template, **values: object) -> str:
        return template.write(self._language, **values)

    # Conditions

    def node(self, node: JsonObject) -> str:
        """A condition in words."""
        ((key, of),) = ((name, each) for name, each in node.items() if name not in _SKIPPED)
        writes = _NODES.get(key)
        return writes(self, of) if writes else self.event(key, of)

    def _all(self, of: Sequence[JsonObject]) -> str:
        return self._say(said.NODES["all"], of=AND.join(map(self.node, of)))

    def _any(self, of: Sequence[JsonObject]) -> str:
        return self._say(said.NODES["any"], of=AND.join(map(self.node, of)))

    def _at_least(self, of: JsonObject) -> str:
        return self._say(said.NODES["atLeast"], n=of["n"], of=AND.join(map(self.node, of["of"])))

    def _not(self, of: JsonObject) -> str:
        return self._say(said.NODES["not"], of=self.node(of))

    def _exists(self, of: Any) -> str:
        return self.named(of) if isinstance(of, str) else self.event(of["kind"], of)

    def named(self, name: str) -> str:
        """A named event in words, with its name."""
        self.told.add(name)
        event = self._question["events"][name]
        return self._say(said.NAMED, what=self.event(event["kind"], event), name=name)

    def _age(self, age: JsonObject) -> str:
        first, last = age["value"] if age["op"] == "between" else (age["value"], "")
        unit = self._say(said.AGE_UNITS[age.get("unit", "a")])
        words = self._say(said.AGES[age["op"]], n=first, m=last, unit=unit)
        at = age.get("at", "asOf")
        return words if at == "asOf" else self._say(said.AT, age=words, event=at)

    def _sex(self, sex: JsonObject) -> str:
        values = sex["value"] if isinstance(sex["value"], list) else [sex["value"]]
        words = ", ".join(self._say(said.SEXES[each]) for each in values)
        if sex["op"] == "eq":
            return words
        return self._say(said.NO_SEX if sex["op"] == "ne" else said.SOME_SEXES, what=words)

    def _death(self, death: Any) -> str:
        if isinstance(death, bool):
            return self._say(said.DEATHS[death])
        words = self._say(said.DEATHS[death["value"]])
        periods = list(self._periods(death.get("period")))
        return self._say(said.TIMED, what=words, details=AND.join(periods)) if periods else words

    # Events

    def event(self, kind: str, event: JsonObject) -> str:
        """An event in words, without its name."""
        head = self._say(said.KINDS[kind])
        if "codes" in event:
            head = self._say(said.OF_CODES, kind=head, codes=self.codes(event["codes"]))
        details = [words for name in event if name not in _SKIPPED for words in self._detail(name, event)]
        return self._say(said.TIMED, what=head, details=AND.join(details)) if details else head

    def codes(self, codes: Any) -> str:
        """Codes in words: the name of their set, else each."""
        if isinstance(codes, list):
            codes = {"include": codes}
        if "set" in codes:
            codes = self._question["conceptSets"][codes["set"]]
        display = codes.get("display")
        if isinstance(display, dict) and display.get(self._language):
            return quoted(str(display[self._language]))
        if isinstance(display, str) and display:
            return quoted(display)
        words = f"⟨{code_words(codes['include'])}⟩"
        if not codes.get("exclude"):
            return words
        return self._say(said.EXCEPT, codes=words, others=f"⟨{code_words(codes['exclude'])}⟩")

    def _detail(self, name: str, event: JsonObject) -> Iterator[str]:
        value = event[name]
        writes = DETAILS.get(name)
        if writes is not None:
            yield from writes(self, value)
        elif name in said.CODED:
            yield self._say(said.CODED[name], codes=self.codes(value))
        elif name in said.LISTED:
            yield self._say(said.LISTED[name], what=", ".join(value))
        elif name in said.TEXTS:
            yield self._say(said.TEXTS[name], text=quoted(str(value)))
        elif name in said.NUMBERS:
            template, unit = said.NUMBERS[name]
            yield self._say(template, value=self._compared({**value, "unit": unit} if unit else value))
        elif name in said.PLAIN:
            yield self._say(said.PLAIN[name], text=value)

    def _periods(self, period: Any) -> Iterator[str]:
        for each in period if isinstance(period, list) else [period] if period else []:
            yield self._period(each)

    def _period(self, period: JsonObject) -> str:
        named = {name: value for name, value in period.items() if name not in _SKIPPED}
        if "same" in named:
            return self._say(said.SAMES[named["same"]], **{"as": named["as"]})
        for names, template in said.PERIODS:
            if names == named.keys():
                return self._say(template, **{name: self._time(name, value) for name, value in named.items()})
        first, rest = _parted(named)
        return self._say(said.BOTH_PERIODS, one=self._period(first), other=self._period(rest))

    def _time(self, name: str, value: str) -> str:
        if name in ("within", "atLeast"):
            return duration_words(value, self._language)
        return self._say(said.DAY) if value == "asOf" else value

    def _pick(self, pick: Any) -> Iterator[str]:
        if isinstance(pick, str):
            pick = {"from": pick}
        side, number = pick.get("from", "first"), pick.get("nth", 1)
        words = self._say(
            {"first": said.FIRST, "last": said.LAST}[side] if number == 1 else said.PICKS[side], n=number
        )
        yield self._say(said.IN_PERIOD, pick=words) if pick.get("inPeriod") else words

    def _count(self, count: JsonObject) -> Iterator[str]:
        if (count["op"], count["n"]) == ("eq", 0) and not count.get("distinct"):
            yield self._say(said.NEVER)
            return
        words = self._say(said.COUNTS[count["op"]], n=count["n"])
        yield self._say(said.ON_DAYS, count=words) if count.get("distinct") else words

    def _gap(self, gap: JsonObject) -> Iterator[str]:
        for name in ("min", "max"):
            if name in gap:
                yield self._say(said.GAPS[name], gap=duration_words(gap[name], self._language))

    def _value(self, value: JsonObject) -> Iterator[str]:
        yield self._say(said.VALUE, value=self._compared(value))

    def _compared(self, value: JsonObject) -> str:
        if value["op"] in said.GRADES:
            return self._say(said.GRADES[value["op"]])
        if value["op"] == "in":
            return self._say(said.ONE_OF, codes=self.codes(value["codes"]))
        first, last = value["value"] if value["op"] == "between" else (value["value"], 0)
        unit = value.get("unit", "")
        return self._say(
            said.COMPARED[value["op"]], value=f"{first} {unit}".strip(), other=f"{last} {unit}".strip()
        )

    def _contrast(self, contrast: Any) -> Iterator[str]:
        yield from (
            self._say(words) for value, words in said.CONTRASTS if value is contrast or value == contrast != 0
        )

    def _tags(self, tags: Sequence[JsonObject]) -> Iterator[str]:
        for tag in tags:
            value = tag["value"]
            if tag["op"] == "between" and isinstance(value, list) and len(value) == _PAIR:
                yield self._say(
                    said.TAGS["between"], tag=tag["tag"], value=_raw(value[0]), other=_raw(value[1])
                )
            else:
                values = value if isinstance(value, list) else [value]
                words = ", ".join(map(_raw, values))
                yield self._say(said.TAGS[tag["op"]], tag=tag["tag"], value=words, other="")

    def _text(self, text: JsonObject) -> Iterator[str]:
        for name, template in said.WORDS.items():
            if name in text:
                yield self._say(template, words=", ".join(map(quoted, text[name])))
        if "section" in text:
            yield self._say(said.SECTIONS[text["section"]])
        if "assertion" in text:
            yield self._say(said.ASSERTIONS[text["assertion"]])

    # Output

    def asked(self, output: JsonObject) -> Iterator[str]:
        """What is asked for besides who."""
        if output.get("grain", "patient") != "patient":
            yield self._say(said.GRAINS[output["grain"]])
        for row in output.get("rows", ()):
            yield self._row(row)
        for link in output.get("links", ()):
            words = self._say(said.LINKS, from_=link["from"], to=link["to"])
            via = [self._say(said.ROW_DETAILS["via"], text=link["via"])] if "via" in link else []
            yield self._say(said.TIMED, what=words, details=AND.join(via)) if via else words
        for each in output.get("by", ()):
            yield self._say(said.BY[each["by"]], width=each.get("width", 10), of=each.get("of", ""))
        if output.get("count") is False:
            yield self._say(said.NO_COUNT)
        if output.get("format", "table") != "table":
            yield self._say(said.FORMAT, text=output["format"])
        if "privacy" in output:
            yield self._say(said.LEAST_CELL, n=output["privacy"].get("minCell", ""))

    def _row(self, row: JsonObject) -> str:
        template = said.ROWS.get(row["resource"])
        words = self._say(template) if template else str(row["resource"])
        details = [
            self._say(words, text=", ".join(row[name]) if name == "columns" else row[name])
            for name, words in said.ROW_DETAILS.items()
            if name in row
        ]
        if details:
            words = self._say(said.TIMED, what=words, details=AND.join(details))
        return self._say(said.NAMED, what=words, name=row["as"]) if "as" in row else words


_NODES: Mapping[str, Callable[[QuestionWriter, Any], str]] = {
    "all": QuestionWriter._all,
    "any": QuestionWriter._any,
    "atLeast": QuestionWriter._at_least,
    "not": QuestionWriter._not,
    "age": QuestionWriter._age,
    "sex": QuestionWriter._sex,
    "deceased": QuestionWriter._death,
    "exists": QuestionWriter._exists,
}
DETAILS: Mapping[str, Callable[[QuestionWriter, Any], Iterator[str]]] = {
    "codes": lambda writer, value: iter(()),
    "period": QuestionWriter._periods,
    "pick": QuestionWriter._pick,
    "count": QuestionWriter._count,
    "gap": QuestionWriter._gap,
    "value": QuestionWriter._value,
    "contrast": QuestionWriter._contrast,
    "tags": QuestionWriter._tags,
    "text": QuestionWriter._text,
}
"""What an event asks for in words of its own; the rest is said by a template of its name."""


def quoted(text: str) -> str:
    """A name or a text as words hold it."""
    return "“" + text.replace("“", "'").replace("”", "'") + "”"


def _raw(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else str(value)


def _parted(period: JsonObject) -> tuple[JsonObject, JsonObject]:
    """A period in two: its edges, and what is relative."""
    edges = {name: value for name, value in period.items() if name in ("start", "end")}
    rest = {name: value for name, value in period.items() if name not in edges}
    if edges and rest:
        return edges, rest
    within = {name: value for name, value in rest.items() if name in ("within", "atLeast", "before")}
    return within, {name: value for name, value in rest.items() if name not in within}
