"""Reads sets of concepts: by name, in place, or as a list of codings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.cohorts.language.question import Code, ConceptSet
from graph.errors import Invalid


@dataclass(frozen=True, slots=True)
class ConceptSets:
    """The concept sets that a question names."""

    named: Mapping[str, Any]

    def read(self, raw: Any, path: str) -> ConceptSet:
        """Read a set of concepts that its schema accepts.

        Raises `Invalid` for a name that there is not.
        """
        if isinstance(raw, list):
            return ConceptSet(_codes(raw, path))
        if "set" not in raw:
            return _concept_set(raw, path)
        name = raw["set"]
        if name not in self.named:
            raise Invalid("there is no concept set named %(name)s", location=f"{path}.set", name=name)
        return _concept_set(self.named[name], f"$.conceptSets.{name}")


def _concept_set(raw: Mapping[str, Any], path: str) -> ConceptSet:
    return ConceptSet(
        _codes(raw["include"], f"{path}.include"), _codes(raw.get("exclude", ()), f"{path}.exclude")
    )


def _codes(raw: Any, path: str) -> tuple[Code, ...]:
    return tuple(_code(each, f"{path}[{at}]") for at, each in enumerate(raw))


def _code(raw: Mapping[str, Any], path: str) -> Code:
    descendants, maps = raw.get("descendants", False), raw.get("maps", False)
    if "system" not in raw and (descendants or maps):
        raise Invalid("descendants and maps need the system of the code", location=f"{path}.system")
    return Code(raw.get("system"), raw["code"], descendants, maps)
