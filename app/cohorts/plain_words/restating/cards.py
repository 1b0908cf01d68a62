"""Says the parts of a question one by one, as cards show them: a condition, an event, what codes are called.

What it says is said as a restatement says it, and never read again: codes are called as they are displayed,
and whatever is wrong elsewhere in the question does not spoil the part that is said.
"""

from collections.abc import Iterator
from typing import Any

from app.cohorts.plain_words.linking.coding import JsonObject
from app.cohorts.plain_words.restating import templates as said
from app.cohorts.plain_words.restating.naming import NO_SYSTEM, SYSTEMS
from app.cohorts.plain_words.restating.writing import QuestionWriter, quoted

_MOST_CALLED = 6


class CardWriter(QuestionWriter):
    """Writes conditions and events whose own form is right."""

    def named(self, name: str) -> str:
        """A named event in words; its name stands at its card."""
        self.told.add(name)
        event = self._question["events"][name]
        return self.event(event["kind"], event)

    def codes(self, codes: Any) -> str:
        """Codes in words: the name of their set, else the first of them."""
        words = ", ".join(map(quoted, self.called(codes)))
        others = codes.get("exclude") if isinstance(codes, dict) else None
        if not others:
            return words
        return self._say(said.EXCEPT, codes=words, others=self.codes(others))

    def called(self, codes: Any) -> list[str]:
        """What codes are called: as their set is displayed, else each by its own, the first of them.

        A set that is not well formed is called by its name, if it has one.
        """
        name = str(codes.get("set", "")) if isinstance(codes, dict) else ""
        found = object_in(object_in(self._question, "conceptSets"), name) if name else codes
        if isinstance(found, dict):
            if shown := self._displayed(found.get("display")):
                return [shown]
            found = found.get("include", ())
        each = list(self._each(found if isinstance(found, list) else []))
        if not each and name:
            return [name]
        return [*each[:_MOST_CALLED], *(["…"] if len(each) > _MOST_CALLED else [])]

    def _each(self, codings: list[Any]) -> Iterator[str]:
        for coding in codings:
            if isinstance(coding, dict):
                system = coding.get("system", NO_SYSTEM)
                label = SYSTEMS.get(system, "") if isinstance(system, str) else ""
                yield self._displayed(coding.get("display")) or f"{label} {coding.get('code')}".strip()

    def _displayed(self, display: Any) -> str:
        """A display in the language of the words, else in any."""
        if isinstance(display, dict):
            display = display.get(self._language) or next(iter(display.values()), "")
        return str(display) if display else ""


def object_in(holder: JsonObject, name: str) -> JsonObject:
    """The object of a name in a part of a question; empty where there is none, or something else."""
    found = holder.get(name)
    return found if isinstance(found, dict) else {}
