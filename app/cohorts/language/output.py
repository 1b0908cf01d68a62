"""Reads the output of a question: the rows it asks for under which names, and the links between them."""

from collections.abc import Mapping
from typing import Any

from app.cohorts.language.columns import columns_of
from app.cohorts.language.question import Event, Links, Rows, Way
from app.cohorts.language.vocabulary import LINKABLE, STUDY
from graph.errors import Invalid


def read_rows(output: Mapping[str, Any], events: Mapping[str, Event]) -> tuple[Rows, ...]:
    """Read the rows of an output that its schema accepts.

    Raises `Invalid` for an event that there is not, or a link that cannot be.
    """
    rows = tuple(
        _rows(each, f"$.output.rows[{at}]", events) for at, each in enumerate(output.get("rows", ()))
    )
    names: dict[str, Rows] = {}
    for each in rows:
        if names.setdefault(each.name, each) is not each:
            raise Invalid("two rows are named %(name)s", location=f"{each.path}.as", name=each.name)
    for each in rows:
        if each.linked_to is not None and not _is_study(each.linked_to, names, events):
            raise Invalid(
                "%(name)s is neither an imaging event nor rows of %(study)s",
                location=f"{each.path}.linkedTo",
                name=each.linked_to,
                study=STUDY,
            )
    return rows


def read_links(output: Mapping[str, Any], rows: tuple[Rows, ...]) -> tuple[Links, ...]:
    """Read the links of an output that its schema accepts.

    Raises `Invalid` for rows that are not asked for, or cannot be linked.
    """
    types = {each.name: each.resource for each in rows}
    return tuple(
        _links(each, f"$.output.links[{at}]", types) for at, each in enumerate(output.get("links", ()))
    )


def _rows(raw: Mapping[str, Any], path: str, events: Mapping[str, Event]) -> Rows:
    resource, name = raw["resource"], raw.get("event")
    event = events.get(name) if name else None
    if name and (event is None or event.resource != resource):
        raise Invalid(
            "there is no event %(name)s of %(resource)s",
            location=f"{path}.event",
            name=name,
            resource=resource,
        )
    if "linkedTo" in raw and resource not in LINKABLE:
        raise Invalid(
            "what can be linked is %(linkable)s", location=f"{path}.linkedTo", linkable=", ".join(LINKABLE)
        )
    return Rows(
        path=path,
        name=raw.get("as") or name or resource[0].lower() + resource[1:],
        resource=resource,
        event=event,
        linked_to=raw.get("linkedTo"),
        ways=_ways(raw.get("via"), f"{path}.via"),
        columns=_columns(raw.get("columns"), resource, f"{path}.columns"),
    )


def _columns(raw: list[str] | None, resource: str, path: str) -> tuple[str, ...] | None:
    known = [column.name for column in columns_of(resource)]
    for at, name in enumerate(raw or ()):
        if name not in known:
            raise Invalid(
                "the columns of %(resource)s are %(columns)s",
                location=f"{path}[{at}]",
                resource=resource,
                columns=", ".join(known),
            )
    return None if raw is None else tuple(raw)


def _links(raw: Mapping[str, Any], path: str, types: Mapping[str, str]) -> Links:
    for side, allowed in (("from", LINKABLE), ("to", (STUDY,))):
        if types.get(raw[side]) not in allowed:
            names = ", ".join(allowed)
            raise Invalid(
                "%(name)s does not name rows of %(rows)s",
                location=f"{path}.{side}",
                name=raw[side],
                rows=names,
            )
    return Links(path, raw["from"], raw["to"], _ways(raw.get("via"), f"{path}.via"))


def _ways(raw: str | None, path: str) -> tuple[Way, ...]:
    names = list(Way) if raw is None else raw.split("|")
    if not set(names) <= set(Way):
        raise Invalid("the ways to link are %(ways)s", location=path, ways=", ".join(Way))
    return tuple(dict.fromkeys(Way(each) for each in names))


def _is_study(name: str, rows: Mapping[str, Rows], events: Mapping[str, Event]) -> bool:
    if name in rows:
        return rows[name].resource == STUDY
    return name in events and events[name].resource == STUDY
