"""From the parameters of a query string to one expression (FHIR R4 search.html).

Repeated parameters are joined by AND, commas inside one by OR. `subject:Patient.name` chains along
references, `_has:Observation:patient:code` against them, both as deep as the query tree allows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from app.records.search.leaves import leaf
from app.records.search.modifiers import Asked, split_values
from fhir_profiles.definitions.registry import (
    RESOURCE_TYPES,
    SearchParameter,
    in_patient_compartment,
    reference_paths,
    search_parameter,
)
from graph.errors import Invalid
from graph.keys import resource_key
from graph.query.attributes import INSTANCE
from graph.query.expression import (
    Against,
    All,
    Along,
    Any,
    Expression,
    Field,
    Keys,
    Kind,
    Layout,
    Not,
    Parts,
    Present,
    Related,
    Term,
)

_MOST_VALUES = 500
_MOST_PARAMETERS = 100


@dataclass(frozen=True, slots=True)
class SearchContext:
    """Whose search it is, and how its values are read."""

    tenant: str
    zone: tzinfo = UTC
    base: str = ""  # of this server's own resources
    ignored: list[str] | None = field(default=None)  # collects unknown parameters under lenient handling


def criteria(resource_type: str, parameters: Iterable[tuple[str, str]], context: SearchContext) -> Expression:
    """The condition of a search on one type; raise `Invalid` with the parameter that is wrong."""
    listed = list(parameters)
    if len(listed) > _MOST_PARAMETERS:
        raise Invalid(f"more than {_MOST_PARAMETERS} search parameters", code="too-costly")
    found = [_parameter(resource_type, name, value, context) for name, value in listed]
    return All(tuple(each for each in found if each is not None))


def _parameter(resource_type: str, name: str, value: str, context: SearchContext) -> Expression | None:
    if name.startswith("_has:"):
        return _reverse_chain(resource_type, name, value, context)
    if "." in name:
        return _chain(resource_type, name, value, context)
    plain, _, modifier = name.partition(":")
    parameter = search_parameter(resource_type, plain)
    if parameter is None:
        _unknown(resource_type, name, context)
        return None
    values = split_values(value)
    if len(values) > _MOST_VALUES:
        raise Invalid(f"more than {_MOST_VALUES} values", location=name, code="too-costly")
    if plain == "_id":
        return _ids(resource_type, values, modifier, context)
    return _matching(Asked(resource_type, parameter, modifier, name), values, context)


def _unknown(resource_type: str, name: str, context: SearchContext) -> None:
    """An unknown parameter is refused: left out, the answer would be rows that nobody asked for."""
    if context.ignored is None:
        raise Invalid(
            f"{resource_type} has no such search parameter", location=name[:64], code="not-supported"
        )
    context.ignored.append(name[:64])


def _ids(resource_type: str, values: list[str], modifier: str, context: SearchContext) -> Expression:
    if modifier:
        raise Invalid("_id takes no modifier", location="_id", code="not-supported")
    ids = [value.removeprefix(f"{resource_type}/") for value in values]
    return Keys(resource_type, tuple(resource_key(context.tenant, resource_type, each) for each in ids))


def _matching(asked: Asked, values: list[str], context: SearchContext) -> Expression:
    """All values of one parameter; `:not` and `:missing` turn the whole around (search.html#modifiers)."""
    if asked.modifier == "missing":
        return _missing(asked, values)
    if _is_instance_uid(asked):
        return _of_instances(values)
    leaves = tuple(leaf(asked, value, context.zone, context.base) for value in values)
    matched = leaves[0] if len(leaves) == 1 else Any(leaves)
    return Not(matched) if asked.modifier == "not" else matched


def _missing(asked: Asked, values: list[str]) -> Expression:
    if values not in (["true"], ["false"]):
        raise Invalid(":missing is true or false", location=asked.name)
    if _is_instance_uid(asked):
        present: Expression = Related(Parts(INSTANCE), All())
    else:
        present = Present(asked.field)
    return Not(present) if values == ["true"] else present


def _is_instance_uid(asked: Asked) -> bool:
    """Instances are nodes already: `ImagingStudy.instance` is asked of them, not of copies."""
    return (asked.resource_type, asked.parameter.name) == ("ImagingStudy", "instance")


def _of_instances(values: list[str]) -> Expression:
    sop_uid = Field(INSTANCE, "SOPInstanceUID", Kind.TERM, Layout.PROPERTY)
    uids = tuple(value.rpartition("|")[2].removeprefix("urn:oid:") for value in values)
    return Related(Parts(INSTANCE), Term(sop_uid, uids))


def _chain(resource_type: str, name: str, value: str, context: SearchContext) -> Expression | None:
    """`subject:Patient.name`: along a reference, then a parameter of what it points to (#chaining)."""
    head, _, rest = name.partition(".")
    plain, _, target = head.partition(":")
    parameter = _reference(resource_type, plain, name)
    targets = (target,) if target else parameter.targets
    if target and target not in RESOURCE_TYPES:
        raise Invalid("there is no such resource type", location=name[:64])
    inner_name = rest.partition(".")[0].partition(":")[0]
    known = [each for each in targets if rest.startswith("_has:") or search_parameter(each, inner_name)]
    if not known:
        raise Invalid("no target has such a parameter", location=name[:64], code="not-supported")
    found = [
        Related(Along(reference_paths(resource_type, plain), (each,)), inner)
        for each in known
        if (inner := _parameter(each, rest, value, context)) is not None
    ]
    return found[0] if len(found) == 1 else Any(tuple(found))


def _reverse_chain(resource_type: str, name: str, value: str, context: SearchContext) -> Expression | None:
    """`_has:Observation:patient:code`: resources that refer to this one and satisfy the rest (#has)."""
    _, source, plain, rest = (*name.split(":", 3), "", "", "")[:4]
    if source not in RESOURCE_TYPES or not rest:
        raise Invalid("_has is _has:Type:reference:parameter", location=name[:64])
    parameter = _reference(source, plain, name)
    if parameter.targets and resource_type not in parameter.targets:
        raise Invalid(f"{source}.{plain} does not refer to {resource_type}", location=name[:64])
    inner = _parameter(source, rest, value, context)
    return Related(Against(source, reference_paths(source, plain)), inner) if inner else None


def _reference(resource_type: str, plain: str, name: str) -> SearchParameter:
    parameter = search_parameter(resource_type, plain)
    if parameter is None or parameter.type != "reference":
        raise Invalid(
            f"{resource_type} has no such reference parameter", location=name[:64], code="not-supported"
        )
    return parameter


def compartment(resource_type: str, patient_id: str) -> Expression:
    """Membership of a patient's compartment, as a condition on a type (FHIR R4 compartmentdefinition)."""
    if not in_patient_compartment(resource_type):
        raise Invalid(f"{resource_type} is in no patient's compartment", code="not-supported")
    member = Field(resource_type, "_compartment", Kind.TERM)
    return Term(member, (f"Patient/{patient_id}",))
