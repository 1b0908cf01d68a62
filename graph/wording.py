"""What people are told, as a template and its values, so that a page may say it in its own language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def marked(text: str) -> str:
    """Return a text as it is; whoever collects texts for the catalogues looks for this name."""
    return text


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text in English, in which values stand by their names: `at most %(most)s keys`."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The text in English."""
        return self.said_as(self.template)

    def said_as(self, template: str) -> str:
        """The same in the words of another template, which is that of another language."""
        return template % self.values if self.values else template

    def told(self, translate: Callable[[str], str]) -> str:
        """The text in another language, which `translate` knows; values that are phrases themselves too."""
        values = {
            name: value.told(translate) if isinstance(value, Phrase) else value
            for name, value in self.values.items()
        }
        return Phrase(self.template, values).said_as(translate(self.template))
