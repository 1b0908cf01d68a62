"""The FHIRPath that search parameters are written in, parsed to steps (FHIR R4 searchparameter.html).

R4's 1,709 parameters use six shapes: a dotted path, `.ofType(X)` (also `as X`), `.where(resolve() is X)`,
`.where(path='literal')`, `[0]`, and one `a.exists() and a != false`.
"""

import re
from dataclasses import dataclass

_STEP = re.compile(
    r"\.?(?:"
    r"ofType\((?P<only>\w+)\)"
    r"|where\(resolve\(\) is (?P<resolves>\w+)\)"
    r"|where\((?P<path>[\w.]+)\s*=\s*'(?P<literal>[^']*)'\)"
    r"|\[(?P<index>\d+)\]"
    r"|(?P<name>\w+)"
    r")"
)
_EXISTS = re.compile(r"(?P<path>[\w.]+)\.exists\(\) and (?P=path) != false")
_BRACKETS = re.compile(r"^\(([^()]*(?:\([^()]*\))?)\)(?=$|\.)")
_AS = re.compile(r"\s+as\s+(\w+)|\.as\((\w+)\)")


class UnreadableExpression(ValueError):
    """A search parameter's expression has a shape that is not read here: a fault of the data."""


@dataclass(frozen=True, slots=True)
class PathStep:
    """One element on the way, and what narrows it.

    `only` is the datatype of a choice, `resolves` the type that a reference must point to, `equal` a path
    below it and the text found there, `index` one item of a list.
    """

    name: str
    only: str | None = None
    resolves: str | None = None
    equal: tuple[str, str] | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """One part of a union: the steps from the resource, or whether the element is there and not false."""

    steps: tuple[PathStep, ...]
    exists: bool = False

    @property
    def names(self) -> str:
        """The element path without what narrows it: `participant.individual`."""
        return ".".join(step.name for step in self.steps)


def parts_for(expression: str, base: str) -> tuple[str, ...]:
    """The parts of a union that speak of `base`, without its name in front; `""` is the resource itself."""
    parts = (_normal(part) for part in expression.split("|"))
    return tuple(dict.fromkeys(found for part in parts if (found := _below(part, base)) is not None))


def parse(part: str) -> Path:
    """Parse one part (as `parts_for` gives it) to a path; raises `UnreadableExpression`."""
    if exists := _EXISTS.fullmatch(part):
        return Path(parse(exists["path"]).steps, exists=True)
    steps: list[PathStep] = []
    position = 0
    while position < len(part):
        match = _STEP.match(part, position)
        if match is None:
            raise UnreadableExpression(part)
        _take(match, steps)
        position = match.end()
    return Path(tuple(steps))


def _normal(part: str) -> str:
    typed = _AS.sub(lambda match: f".ofType({match[1] or match[2]})", part.strip())
    typed = typed.replace("(DateTime)", "(dateTime)")  # R4's own text has it so once
    return _BRACKETS.sub(r"\1", typed)


def _below(part: str, base: str) -> str | None:
    if part in (base, "$this"):
        return ""
    for prefix in (base, "Resource", "DomainResource"):
        if part.startswith(f"{prefix}."):
            return part.replace(f"{prefix}.", "")
    return part if part[:1].islower() else None


def _take(match: re.Match[str], steps: list[PathStep]) -> None:
    if match["name"]:
        steps.append(PathStep(match["name"]))
        return
    if not steps:
        raise UnreadableExpression(match.string)
    last = steps.pop()
    equal = (match["path"], match["literal"]) if match["path"] else last.equal
    index = int(match["index"]) if match["index"] else last.index
    steps.append(
        PathStep(last.name, match["only"] or last.only, match["resolves"] or last.resolves, equal, index)
    )
