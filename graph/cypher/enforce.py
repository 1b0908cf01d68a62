"""The second check, apart from the compiler: no statement leaves without its caller's rights in it.

It knows nothing of how a text was written. It reads the finished text: each variable that stands for a row
must carry the tenant's kind or partition and, for a caller who sees some rows only, the condition of the
grants; each value row must be of the tenant.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graph.cypher.statement import Statement
from graph.errors import ScopeMissing
from graph.keys import part
from graph.scope import AccessScope, demand_scope

_ROW = re.compile(r"\((\w+):(Resource|ImagingStudy|Series|Instance)\b")
_BARE = re.compile(r"\(:(?:Resource|ImagingStudy|Instance|Term|Text|Span|Version)\b|\(\)[<-]|[->]\(\)")
_VALUE = re.compile(r"\((\w+):(?:Term|Text|Span)\)")
_FILTER = re.compile(r"\[:OF\]-\((\w+)(?::\w+)?\)")
_PARTS = ("Series", "Instance")  # what belongs to a partition, and is seen with its study
_NARROWED = {
    "grants": (
        "({row}.compartment IS NULL OR {row}.key IN $studies OR "
        "any(each IN {row}.compartment WHERE each IN $granted))",
    ),
    "allowances": (
        "all(way IN $allowed WHERE any(each IN coalesce(way[{row}.kind], way['*']) WHERE "
        "(each.patient IS NULL OR {row}.compartment IS NULL OR each.patient IN {row}.compartment) AND ",
        "all(asked IN each.conditions WHERE any(sort IN coalesce({row}.sorts, []) WHERE "
        "any(begun IN asked WHERE sort STARTS WITH begun)))))",
    ),
    "labels": ("({row}.security IS NULL OR none(label IN {row}.security WHERE label IN $withheld))",),
    "kept": ("coalesce({row}.kept, '') IN $readers",),
    "consents": (
        "none(whose IN coalesce({row}.compartment, []) WHERE whose IN $closed OR "
        "any(denial IN coalesce($refused[whose], []) WHERE all(asked IN denial WHERE "
        "(CASE WHEN asked.kinds IS NOT NULL AND NOT {row}.kind IN asked.kinds THEN false ",
        " ELSE {row}.care[0] < asked.care[1] AND {row}.care[1] > asked.care[0] END) <> asked.lifts)))",
    ),
}
_TOLD = (
    "[{row}.key, {row}.compartment, {row}.partition, {row}.sorts, coalesce({row}.security, []), {row}.care, "
    "{row}.kept]"
)
_PARAMETER = re.compile(r"\$(\w+)")


def enforce(scope: AccessScope, statement: Statement, *, unjudged: str = "") -> Statement:
    """Return the statement, or raise `ScopeMissing` where a row in it is not bound to the caller's rights.

    The rows of the variable `unjudged` are judged in memory, so the text has to say what that looks at.
    """
    demand_scope(scope)
    if _BARE.search(statement.text):
        raise ScopeMissing("a pattern leaves a row without a name, and so without a condition")
    for variable, label in set(_ROW.findall(statement.text)):
        _check_tenant(scope, statement, variable, label)
        if not any(_narrowing(scope, label)):
            continue
        if variable == unjudged:
            _check_told(statement, variable)
        else:
            _check_narrowed(scope, statement, variable, label)
    for variable in {*_VALUE.findall(statement.text), *_FILTER.findall(statement.text)}:
        _check_values(scope, statement, variable)
    return statement


def _check_tenant(scope: AccessScope, statement: Statement, variable: str, label: str) -> None:
    held_by = "partition" if label in _PARTS else "kind"
    owners = re.compile(rf"\b{variable}\.{held_by} (?:=|IN) (\$\w+|\[[^\]]*\])")
    found = [text for text in owners.findall(statement.text) if _of_tenant(scope, statement.parameters, text)]
    if not found:
        raise ScopeMissing(f"the rows of {variable} are not bound to a tenant")


def _check_told(statement: Statement, variable: str) -> None:
    """What is judged of a row in memory is a column of the answer."""
    if _TOLD.format(row=variable) not in statement.text.rpartition("RETURN ")[2]:
        raise ScopeMissing(f"the rows of {variable} do not say whose they are")


def _check_narrowed(scope: AccessScope, statement: Statement, variable: str, label: str) -> None:
    """Each part of the caller's right stands at the variable, and its parameters are the caller's."""
    if label in _PARTS:
        whole = re.search(
            rf"EXISTS {{ MATCH \({variable}\)<-\[[^{{}}]*\((\w+):ImagingStudy\) WHERE ", statement.text
        )
        if whole is None:
            raise ScopeMissing(f"the rows of {variable} are not bound to a study that the caller may see")
        return
    for kept in _narrowing(scope, label):
        if any(text.format(row=variable) not in statement.text for text in _NARROWED[kept]):
            raise ScopeMissing(f"the rows of {variable} are not bound to the caller's {kept}")
    wanted = scope.right.parameters()
    if any(statement.parameters.get(name) != value for name, value in wanted.items() if name != "partition"):
        raise ScopeMissing("the rights in the statement are not the caller's")


def _narrowing(scope: AccessScope, label: str) -> Iterator[str]:
    """The parts of a right that narrow what this caller sees of rows with a label.

    They are told from the scope and from nothing that compiles it. Pictures are kept for nobody.
    """
    if scope.patients is not None:
        yield "grants"
    if scope.allowances is not None:
        yield "allowances"
    if scope.withheld:
        yield "labels"
    if scope.refusals:
        yield "consents"
    if scope.readers is not None and label not in _PARTS:
        yield "kept"


def _check_values(scope: AccessScope, statement: Statement, variable: str) -> None:
    keys = re.compile(rf"\b{variable}\.key (?:=|IN|STARTS WITH) (\$\w+|\w+)")
    texts = keys.findall(statement.text)
    sound = [_of_tenant(scope, statement.parameters, text) for text in texts if text.startswith("$")]
    loops = [text for text in texts if not text.startswith("$")]
    if not texts or not all(sound) or not all(_loop_of_tenant(scope, statement, text) for text in loops):
        raise ScopeMissing(f"the values of {variable} are not bound to a tenant")


def _loop_of_tenant(scope: AccessScope, statement: Statement, variable: str) -> bool:
    found = re.search(rf"UNWIND (\$\w+) AS {variable}\b", statement.text)
    return found is not None and _of_tenant(scope, statement.parameters, found[1])


def _of_tenant(scope: AccessScope, parameters: Mapping[str, Any], text: str) -> bool:
    values = list(_values(parameters, text))
    return bool(values) and all(str(value).startswith(f"{part(scope.tenant)}|") for value in values)


def _values(parameters: Mapping[str, Any], text: str) -> Iterator[Any]:
    for name in _PARAMETER.findall(text):
        value = parameters.get(name)
        yield from value if isinstance(value, list) else [value]
