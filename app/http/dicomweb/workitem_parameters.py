"""The parameters of requests for workitems (PS3.18 11.1.2, 8.3.4): UIDs, keys, fields, the window."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from app.http.dicomweb.accepting import NEGOTIATION
from app.http.dicomweb.search_parameters import DEFAULT_LIMIT, MOST, flag_of, told_of_unheeded, whole_of
from app.imaging.worklist import KeyPath, WorkitemSearchRequest, path_named
from fhir_profiles.mapping.workitem_attributes import BY_TAG
from graph.errors import Invalid

TRANSACTION_NAMES = ("transaction-uid", "transaction", "transactionUID", "TransactionUID")
UID_NAMES = ("workitem", "AffectedSOPInstanceUID", "SOPInstanceUID")
DELETION_LOCK, FILTER = "deletionlock", "filter"
_EVERYTHING = "all"
_MOST_FIELDS = 500
_CAPPED = f"The limit is {MOST} results in one answer"
_RETURNED = frozenset(tag for tag, each in BY_TAG.items() if each.returned)


@dataclass(frozen=True, slots=True)
class WorkitemQuery:
    """A search, read: what is asked, the tags that are returned beside the usual, warnings; `all` of them."""

    request: WorkitemSearchRequest
    tags: frozenset[str]
    all: bool
    warnings: tuple[str, ...]


def workitem_named() -> str | None:
    """The UID that the address of a request to create names: alone, or as a parameter; None without one.

    Raises `Invalid` where it names several.
    """
    return _uid_named(UID_NAMES)


def transaction_named() -> str | None:
    """The Transaction UID that the address of a request to update names; None without one.

    Raises `Invalid` where it names several.
    """
    return _uid_named(TRANSACTION_NAMES)


def _uid_named(names: Iterable[str]) -> str | None:
    """A UID of the query: the value of one of the names, or a name of digits and dots without a value."""
    found = [value for name in names for value in request.args.getlist(name)]
    found += [name for name, value in request.args.items() if not value and name[:1].isdigit()]
    if len(set(found)) > 1:
        raise Invalid("the address names more than one UID", location="query")
    return found[0] if found else None


def parse_workitem_search(arguments: Iterable[tuple[str, list[str]]]) -> WorkitemQuery:
    """Read the query string of a search, each name with all its values.

    Raises `Invalid` with the parameter that is wrong.
    """
    named = {name: values for name, values in arguments if name not in NEGOTIATION}
    fields = [each for value in named.pop("includefield", []) for each in value.split(",") if each]
    if len(fields) > _MOST_FIELDS:
        raise Invalid(f"more than {_MOST_FIELDS} fields to include", location="includefield")
    limit = whole_of(named, "limit", DEFAULT_LIMIT)
    offset, fuzzy = whole_of(named, "offset", 0), flag_of(named, "fuzzymatching")
    empty = flag_of(named, "emptyvaluematching")
    keys = list(keys_of(named))
    asked = WorkitemSearchRequest(
        keys=tuple(keys), fuzzy=fuzzy, empty_values=empty, limit=min(limit, MOST), offset=offset
    )
    paths = {name: path_named(name) for name in fields if name != _EVERYTHING}
    unheeded = [name for name in named if path_named(name) is None]
    unheeded += [name for name, path in paths.items() if path is None]
    warnings = [_CAPPED] if limit > MOST else []
    if unheeded:
        warnings.append(told_of_unheeded(unheeded))
    shown = [*(path for path, _ in keys), *(path for path in paths.values() if path)]
    return WorkitemQuery(
        asked, frozenset(path.tags[0] for path in shown), _EVERYTHING in fields, tuple(warnings)
    )


def keys_of(named: Mapping[str, list[str]]) -> Iterator[tuple[KeyPath, str]]:
    """The matching keys among parameters; raises `Invalid` for one that is there twice."""
    seen: set[tuple[str, ...]] = set()
    for name, values in named.items():
        path = path_named(name)
        if path is None:
            continue
        if len(values) > 1 or path.tags in seen:
            raise Invalid(f"{path.name} is there more than once", location=path.name)
        seen.add(path.tags)
        yield path, values[0]


def filter_of(arguments: Iterable[tuple[str, list[str]]]) -> list[tuple[KeyPath, str]]:
    """The matching keys of a filtered subscription: parameters of their own, or pairs in `filter`.

    Raises `Invalid` for what is no attribute.
    """
    named = {name: values for name, values in arguments if name not in (*NEGOTIATION, DELETION_LOCK)}
    for pair in (each for value in named.pop(FILTER, []) for each in value.replace("&", ",").split(",")):
        name, equals, value = pair.partition("=")
        if equals:
            named.setdefault(name, []).append(value)
        elif pair:
            raise Invalid("a filter is of pairs, as PatientID=7", location=FILTER)
    for name in named:
        if path_named(name) is None:
            raise Invalid("a filter asks for attributes of workitems", location=FILTER)
    return list(keys_of(named))


def shown_of(dataset: Mapping[str, Any], query: WorkitemQuery) -> Mapping[str, Any]:
    """What a search returns of a match: what table CC.2.5-3 has, and what was asked for."""
    if query.all:
        return dataset
    tags = _RETURNED | query.tags
    return {tag: element for tag, element in dataset.items() if tag in tags}
