"""What events are built with."""

from typing import Protocol

from app.cohorts.plain_words.grammar.choices import Choices
from app.cohorts.plain_words.grammar.facts import Fact
from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.linking.coding import CodeLinker, JsonObject


class Building(Protocol):
    """What events are built with."""

    linker: CodeLinker
    choices: Choices

    def codes(self, fact: Fact, rows: tuple[LexiconRow, ...], kind: str) -> JsonObject:
        """The codes of a fact: a named concept set."""

    def name_of(self, fact: Fact) -> str:
        """The name of the event of a fact, which is put among the named ones."""
