"""Reads a restatement as the question that it was made of: what Hilum says, it understands."""

from dataclasses import dataclass, field

from app.cohorts.plain_words.linking.coding import CodeLinker, JsonObject
from app.cohorts.plain_words.restating import templates as said
from app.cohorts.plain_words.restating.event_reading import EventReader
from app.cohorts.plain_words.restating.naming import LexiconNames
from app.cohorts.plain_words.restating.output_reading import OutputReader
from app.cohorts.plain_words.restating.pieces import NotRestated, detailed, filled, is_whole
from app.cohorts.plain_words.restating.templates import AND, parts

LANGUAGES = ("en", "ko")


def question_in(text: str, names: LexiconNames, linker: CodeLinker) -> JsonObject | None:
    """The question that a restatement says; None for a text that is none."""
    bare = text.strip().removesuffix(".")
    for language in LANGUAGES:
        head, *rest = parts(bare, ". ")
        found = said.HEAD.read(language, head)
        if found is not None:
            try:
                return QuestionReader(language, EventReader(language, names, linker)).question(
                    found["day"], found["what"], rest
                )
            except (ValueError, KeyError, IndexError):
                return None
    return None


@dataclass(slots=True)
class QuestionReader:
    """Reads the parts of one restatement."""

    language: str
    reader: EventReader
    events: dict[str, JsonObject] = field(default_factory=dict)

    def question(self, day: str, what: str, lines: list[str]) -> JsonObject:
        """The whole question.

        Raises `NotRestated` where a part of it is no restatement.
        """
        nodes = [self.node(each) for each in parts(what, AND)]
        output: JsonObject = {"grain": "patient", "count": True}
        for line in lines:
            asked, where = said.ASKED.read(self.language, line), said.WHERE.read(self.language, line)
            if asked is not None:
                OutputReader(self.language).read(asked["what"], output)
            elif where is not None:
                self._named(where["what"])
            else:
                raise NotRestated(line)
        made: JsonObject = {"version": "1"}
        if day != said.DAY.write(self.language):
            made["asOf"] = day
        made |= {"conceptSets": self.reader.sets} if self.reader.sets else {}
        made |= {"events": self.events} if self.events else {}
        return made | {"population": nodes[0] if len(nodes) == 1 else {"all": nodes}, "output": output}

    def node(self, text: str) -> JsonObject:
        """A condition.

        Raises `NotRestated` where it is none.
        """
        for read in (self._junction, self._age, self._sex, self._death, self._named_node, self._event_node):
            found = read(text)
            if found is not None:
                return found
        raise NotRestated(text)

    def _junction(self, text: str) -> JsonObject | None:
        opened = text.startswith("[") if self.language == "ko" else text.endswith("]")
        for key, template in said.NODES.items():
            found = template.read(self.language, text)
            if found is None or not opened or not is_whole(found["of"]):
                continue
            nodes = [self.node(each) for each in parts(found["of"], AND)]
            if key == "atLeast":
                return {"atLeast": {"n": int(found["n"]), "of": nodes}}
            return {"not": nodes[0]} if key == "not" else {key: nodes}
        return None

    def _age(self, text: str) -> JsonObject | None:
        at = said.AT.read(self.language, text)
        for words, event in ((text, None), *([(at["age"], at["event"])] if at else [])):
            for op in ("between", "eq", "gt", "ge", "lt", "le"):
                for unit, name in said.AGE_UNITS.items():
                    found = filled(said.AGES[op], self.language, "unit", name.write(self.language)).read(
                        self.language, words
                    )
                    if found is None or not all(
                        found[each].isdigit() for each in ("n", "m") if each in found
                    ):
                        continue
                    value = [int(found["n"]), int(found["m"])] if op == "between" else int(found["n"])
                    made: JsonObject = {"op": op, "value": value, "unit": unit}
                    return {"age": made | ({"at": event} if event else {})}
        return None

    def _sex(self, text: str) -> JsonObject | None:
        sexes = {each.write(self.language): name for name, each in said.SEXES.items()}
        if text in sexes:
            return {"sex": {"op": "eq", "value": sexes[text]}}
        for op, template in (("ne", said.NO_SEX), ("in", said.SOME_SEXES)):
            found = template.read(self.language, text)
            values = [sexes.get(each, "") for each in found["what"].split(", ")] if found else []
            if values and all(values):
                return {"sex": {"op": op, "value": values if op == "in" else values[0]}}
        return None

    def _death(self, text: str) -> JsonObject | None:
        words, details = detailed(text)
        for value, template in said.DEATHS.items():
            if words == template.write(self.language):
                if not details:
                    return {"deceased": value}
                periods = [self.reader.period(each) for each in details]
                return {"deceased": {"value": value, "period": periods[0] if len(periods) == 1 else periods}}
        return None

    def _named_node(self, text: str) -> JsonObject | None:
        _, *names = parts(text, " = ")
        if len(names) != 1:
            return None
        self._named(text)
        return {"exists": names[0]}

    def _named(self, text: str) -> None:
        what, name = parts(text, " = ")
        kind, event = self.reader.event(what)
        self.events[name] = {"kind": kind, **event}

    def _event_node(self, text: str) -> JsonObject | None:
        kind, event = self.reader.event(text)
        return {kind: event}
