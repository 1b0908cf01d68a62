"""The use case of the labels of resources (FHIR R4 resource-operation-meta.html, -meta-add, -meta-delete).

The standard lets labels change without a new version (resource.html#tag). Here they make one: what stands in
a history stays as it was, and who holds an entity tag is told that something has changed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from app.preconditions import Preconditions, preconditions
from app.records.read import RecordReader
from app.records.write.records import Records
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.documents import with_meta
from graph.allowances import SECURITY
from graph.budget import spend
from graph.errors import Invalid, PreconditionFailed
from graph.query.prices import QUESTION
from graph.records import ResourceVersion
from graph.resources.labels import PROFILE, TAG, LabelStore
from graph.scope import AccessScope

Meta: TypeAlias = Mapping[str, Any]
_LISTS = {"profile": PROFILE, "security": SECURITY, "tag": TAG}
_TYPE, _EVERY_TYPE = 5, 100  # the price of looking through the labels of one type, and of all
_TRIES = 3  # where others write the same resource meanwhile


class RecordLabels:
    """Tells and changes labels."""

    def __init__(self, labels: LabelStore, reader: RecordReader, records: Records) -> None:
        self._labels = labels
        self._reader = reader
        self._records = records

    def in_use(self, scope: AccessScope, resource_type: str | None) -> Meta:
        """The labels of all resources of a type, or of every type for None, as a Meta.

        Raises `TooLarge` where there are too many to tell.
        """
        scope.require("fhir.read")
        spend(QUESTION + (_TYPE if resource_type else _EVERY_TYPE))
        kinds = (resource_type,) if resource_type else tuple(sorted(RESOURCE_TYPES))
        found = self._labels.in_use(scope, kinds)
        listed = {
            name: [_value(name, each.system, each.code) for each in found if each.name == parameter]
            for name, parameter in _LISTS.items()
        }
        return {name: values for name, values in listed.items() if values}

    def add(self, scope: AccessScope, resource_type: str, resource_id: str, given: Meta) -> Meta:
        """Add labels to a resource, and return its meta then; those that it has are not added twice.

        Raises what an update raises, and `Invalid` for a meta that has anything else.
        """
        return self._change(scope, resource_type, resource_id, given, _added)

    def remove(self, scope: AccessScope, resource_type: str, resource_id: str, given: Meta) -> Meta:
        """Take labels away from a resource, and return its meta then; of others nothing is said.

        Raises what an update raises, and `Invalid` for a meta that has anything else.
        """
        return self._change(scope, resource_type, resource_id, given, _removed)

    def _change(
        self,
        scope: AccessScope,
        resource_type: str,
        resource_id: str,
        given: Meta,
        change: Callable[[Sequence[Any], Sequence[Any]], list[Any]],
    ) -> Meta:
        scope.require_writing(resource_type)
        asked = _checked(given)
        for last in (False,) * (_TRIES - 1) + (True,):
            current = self._reader.current(scope, resource_type, resource_id)
            meta = dict(orjson.loads(current.body)["meta"])
            after = {**meta, **{name: change(meta.get(name, []), asked.get(name, [])) for name in asked}}
            after = {name: value for name, value in after.items() if value != []}
            if after == meta:
                return meta
            try:
                return self._written(scope, current, after)
            except PreconditionFailed:
                if last:
                    raise
        return {}

    def _written(self, scope: AccessScope, current: ResourceVersion, meta: Meta) -> Meta:
        kind, resource_id = current.resource_type, current.resource_id
        raw = with_meta(current.body, meta)
        done = self._records.update(scope, kind, resource_id, raw, _unchanged_since(current), relabels=True)
        text = self._reader.texts(scope, [done.version])[done.version.key]
        found: Meta = orjson.loads(text)["meta"]
        return found


def _unchanged_since(current: ResourceVersion) -> Preconditions:
    return preconditions({"If-Match": f'W/"{current.version_id}"'})


def _value(name: str, system: str, code: str) -> Any:
    if name == "profile":
        return code
    return {"system": system, "code": code} if system else {"code": code}


def _checked(given: Meta) -> Meta:
    """What is to be changed; raises `Invalid` for what is no list of labels."""
    for name, value in given.items():
        if name not in _LISTS:
            raise Invalid("only profile, security and tag are changed", location="meta", code="not-supported")
        fits = str if name == "profile" else dict
        if not isinstance(value, list) or not all(isinstance(each, fits) for each in value):
            raise Invalid(f"{name} is a list", location=f"meta.{name}", code="structure")
    return given


def _same(one: Any, other: Any) -> bool:
    """Whether two labels are one: codings by system and code, whatever else they say."""
    if isinstance(one, dict) and isinstance(other, dict):
        return (one.get("system"), one.get("code")) == (other.get("system"), other.get("code"))
    return bool(one == other)


def _added(there: Sequence[Any], given: Sequence[Any]) -> list[Any]:
    found = list(there)
    found.extend(each for each in given if not any(_same(each, other) for other in there))
    return found


def _removed(there: Sequence[Any], given: Sequence[Any]) -> list[Any]:
    return [each for each in there if not any(_same(each, other) for other in given)]
