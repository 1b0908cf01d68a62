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
_PARAMETER = re.compile(r"\$(\w+)")


def enforce(scope: AccessScope, statement: Statement) -> Statement:
    """Return the statement, or raise `ScopeMissing` where a row in it is not bound to the caller's rights."""
    demand_scope(scope)
    if _BARE.search(statement.text):
        raise ScopeMissing("a pattern leaves a row without a name, and so without a condition")
    for variable, label in set(_ROW.findall(statement.text)):
        _check_tenant(scope, statement, variable, label)
        if not scope.sees_all:
            _check_grants(scope, statement, variable, label)
    for variable in {*_VALUE.findall(statement.text), *_FILTER.findall(statement.text)}:
        _check_values(scope, statement, variable)
    return statement


def _check_tenant(scope: AccessScope, statement: Statement, variable: str, label: str) -> None:
    held_by = "partition" if label in _PARTS else "kind"
    owners = re.compile(rf"\b{variable}\.{held_by} (?:=|IN) (\$\w+|\[[^\]]*\])")
    found = [text for text in owners.findall(statement.text) if _of_tenant(scope, statement.parameters, text)]
    if not found:
        raise ScopeMissing(f"the rows of {variable} are not bound to a tenant")


def _check_grants(scope: AccessScope, statement: Statement, variable: str, label: str) -> None:
    text, parameters = statement.text, statement.parameters
    if label in _PARTS:
        whole = re.search(rf"EXISTS {{ MATCH \({variable}\)<-\[[^{{}}]*\((\w+):ImagingStudy\) WHERE ", text)
        if whole is None:
            raise ScopeMissing(f"the rows of {variable} are not bound to a granted study")
        return
    members = f"any(each IN {variable}.compartment WHERE each IN $granted)"
    own = f"({variable}.compartment IS NULL OR {variable}.key IN $studies OR {members})"
    granted = parameters.get("granted"), parameters.get("studies")
    if own not in text or granted != (scope.right.granted(), scope.right.granted_studies()):
        raise ScopeMissing(f"the rows of {variable} are not bound to the caller's grants")


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
