"""From the parameters of a query string to one expression (FHIR R4 search.html).

Repeated parameters are joined by AND, commas inside one by OR. `subject:Patient.name` chains along
references, `_has:Observation:patient:code` against them, both as deep as the query tree allows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TypeAlias

from app.records.search.canonicals import Canonicals, naming
from app.records.search.coded import CODED, CODES_OF_SYSTEMS, CodeSets, coded, defined
from app.records.search.contained import in_contained
from app.records.search.filters import condition_of
from app.records.search.leaves import leaf
from app.records.search.lists import on_lists
from app.records.search.modifiers import AskedParameter, UnknownParameter
from app.records.search.words import worded
from fhir_profiles.definitions.added import AddedParameter, find_added
from fhir_profiles.definitions.registry import (
    RESOURCE_TYPES,
    SearchParameter,
    in_patient_compartment,
    reference_elements,
    search_parameter,
)
from fhir_profiles.index.escaping import split_values
from fhir_profiles.index.extraction import canonical_parameters
from fhir_profiles.index.kept import ID, TermValue
from fhir_profiles.index.parameter_types import MISSING
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
    Inside,
    KeyIn,
    Kind,
    Layout,
    Not,
    Present,
    Related,
    Term,
)
from graph.query.limits import DEEPEST_RELATED
from graph.query.rows import compartment_of, field_of

_MOST_VALUES = 500
_MOST_PARAMETERS = 24
_MOST_CONDITIONS = 2_000  # a chain asks each type that its reference may lead to
_REVERSE = "_has:"


@dataclass(frozen=True, slots=True)
class SearchContext:
    """Whose search it is, and how its values are read."""

    tenant: str
    zone: tzinfo = UTC
    base: str = ""  # of this server's own resources
    codes: CodeSets | None = None  # None where terminology is not asked
    canonicals: Canonicals | None = None  # None where nothing that a canonical names is looked for
    added: tuple[AddedParameter, ...] = ()

    def find(self, resource_type: str, name: str) -> SearchParameter | None:
        """A parameter that may be asked, every gateway's or the tenant's own; None where there is none."""
        found = search_parameter(resource_type, name)
        if found is None and (own := find_added(self.added, resource_type, name)) and own.ready:
            return own.parameter
        return found


FindParameter: TypeAlias = Callable[[str, str], SearchParameter | None]


@dataclass(frozen=True, slots=True)
class KnownCriteria:
    """The condition of the parameters that are known, and the names of those that were left out.

    `find` finds the parameters of a type that the caller may ask, sort by and include along.
    """

    where: Expression
    ignored: tuple[str, ...] = ()
    find: FindParameter = search_parameter


def criteria(resource_type: str, parameters: Iterable[tuple[str, str]], context: SearchContext) -> Expression:
    """Read the condition of a search on one type.

    Raises `Invalid` with the parameter that is wrong, `UnknownParameter` for one that the type has not.
    """
    reading = CriteriaReading(context)
    listed = _bounded(parameters)
    return All(tuple(reading.parameter(resource_type, name, value) for name, value in listed))


def known_criteria(
    resource_type: str, parameters: Iterable[tuple[str, str]], context: SearchContext
) -> KnownCriteria:
    """Read the condition of a search, leaving out parameters that the type has not; return those too.

    That is lenient handling (search.html#errors). Raises `Invalid` with the parameter that is wrong.
    """
    reading = CriteriaReading(context)
    found: list[Expression] = []
    ignored: list[str] = []
    for name, value in _bounded(parameters):
        try:
            found.append(reading.parameter(resource_type, name, value))
        except UnknownParameter:
            ignored.append(name)
    return KnownCriteria(All(tuple(found)), tuple(ignored))


def _bounded(parameters: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    listed = list(parameters)
    if len(listed) > _MOST_PARAMETERS:
        raise Invalid(f"more than {_MOST_PARAMETERS} search parameters", code="too-costly")
    return listed


@dataclass(slots=True)
class CriteriaReading:
    """Reads the parameters of one search, counting the conditions that come of them."""

    context: SearchContext
    conditions: int = 0

    def parameter(self, resource_type: str, name: str, value: str) -> Expression:
        """Read one parameter, a chain of either direction too; raises `Invalid`."""
        if name.count(".") + name.count(_REVERSE) > DEEPEST_RELATED:
            raise Invalid(f"more than {DEEPEST_RELATED} links", location=name[:64], code="too-costly")
        if name.startswith(_REVERSE):
            return _reverse_chain(resource_type, name, value, self)
        if "." in name:
            return _chain(resource_type, name, value, self)
        plain, _, modifier = name.partition(":")
        if (special := _SPECIAL.get(plain)) is not None:
            _require_plain(plain, modifier)
            return special(self, resource_type, value)
        values = split_values(value)
        self.count(values, name)
        return self.matching(resource_type, name, values)

    def matching(self, resource_type: str, name: str, values: list[str]) -> Expression:
        """Read one parameter of the type itself, of which one of the values is to match.

        Raises `Invalid`, `UnknownParameter` where the type has it not.
        """
        plain, _, modifier = name.partition(":")
        parameter = self.known(resource_type, plain, name)
        if plain == ID:
            _require_plain(ID, modifier)
            return _ids(resource_type, values, self.context)
        return _matching(AskedParameter(resource_type, parameter, modifier, name), values, self.context)

    def known(self, resource_type: str, plain: str, name: str) -> SearchParameter:
        """Return the parameter of a type; raises `UnknownParameter` with the name that was asked."""
        parameter = self.context.find(resource_type, plain)
        if parameter is None:
            waits = find_added(self.context.added, resource_type, plain)
            told = f"{plain} is being indexed and cannot be asked yet" if waits else None
            raise UnknownParameter(
                told or f"{resource_type} has no such search parameter",
                location=name[:64],
                code="not-supported",
            )
        return parameter

    def has(self, resource_type: str, plain: str) -> bool:
        """Whether a type has a parameter."""
        return self.context.find(resource_type, plain) is not None

    def along(
        self,
        resource_type: str,
        head: str,
        name: str,
        *,
        has: Callable[[str], bool],
        inner: Callable[[str], Expression],
    ) -> Expression:
        """Go along the reference `head` (`subject:Patient`) to the targets that have what is asked of them.

        Raises `Invalid` where none has.
        """
        plain, _, target = head.partition(":")
        parameter = self.reference(resource_type, plain, name)
        if target and target not in RESOURCE_TYPES:
            raise Invalid("there is no such resource type", location=name[:64])
        known = [each for each in ((target,) if target else parameter.targets) if has(each)]
        if not known:
            raise Invalid("no target has such a parameter", location=name[:64], code="not-supported")
        found: list[Expression] = []
        canonical, paths = plain in canonical_parameters(resource_type), parameter.paths
        if canonical:
            paths = tuple(each for each in paths if each.rpartition(".")[2] in reference_elements())
        for each in known:
            asked = inner(each)
            if paths:
                found.append(Related(Along(paths, (each,)), asked))
            if canonical:
                found.append(self._named(resource_type, plain, each, asked))
            if (contained := in_contained(resource_type, plain, each, asked)) is not None:
                found.append(contained)
        return found[0] if len(found) == 1 else Any(tuple(found))

    def _named(self, resource_type: str, plain: str, target: str, where: Expression) -> Expression:
        """The condition that a canonical names a definition which satisfies another one."""
        if self.context.canonicals is None:
            raise Invalid("no canonical is followed here", location=plain, code="not-supported")
        field = field_of(resource_type, plain, TermValue)
        return naming(field, self.context.canonicals.named(target, where))

    def reference(self, resource_type: str, plain: str, name: str) -> SearchParameter:
        """Return a reference parameter of a type that leads somewhere; raises `Invalid` for any other."""
        parameter = self.context.find(resource_type, plain)
        if parameter is None or parameter.type != "reference" or not parameter.paths:
            raise Invalid(
                f"{resource_type} has no such reference parameter", location=name[:64], code="not-supported"
            )
        return parameter

    def count(self, values: list[str], name: str) -> None:
        """Count the conditions that come of a parameter; raises `Invalid` beyond what one search may have."""
        if len(values) > _MOST_VALUES:
            raise Invalid(f"more than {_MOST_VALUES} values", location=name[:64], code="too-costly")
        self.conditions += len(values)
        if self.conditions > _MOST_CONDITIONS:
            raise Invalid(f"more than {_MOST_CONDITIONS} conditions", location=name[:64], code="too-costly")


def _require_plain(plain: str, modifier: str) -> None:
    if modifier:
        raise Invalid(f"{plain} takes no modifier", location=plain, code="not-supported")


def _ids(resource_type: str, values: list[str], context: SearchContext) -> Expression:
    ids = [value.removeprefix(f"{resource_type}/") for value in values]
    return KeyIn(resource_type, tuple(resource_key(context.tenant, resource_type, each) for each in ids))


def _matching(asked: AskedParameter, values: list[str], context: SearchContext) -> Expression:
    """All values of one parameter; `:not` and `:missing` turn the whole around (search.html#modifiers)."""
    if asked.modifier == MISSING:
        return _missing(asked, values)
    if asked.modifier in CODED and asked.parameter.type == "token":
        return coded(asked, values, context.codes)
    if _is_instance_uid(asked) and asked.modifier in ("", "not"):
        matched: Expression = _of_instances(asked, values)
    else:
        leaves = tuple(leaf(asked, value, context.zone, context.base) for value in values)
        matched = leaves[0] if len(leaves) == 1 else Any(leaves)
        if (asked.resource_type, asked.parameter.name) == CODES_OF_SYSTEMS:
            matched = defined(asked, matched, context.codes)
    return Not(matched) if asked.modifier == "not" else matched


def _missing(asked: AskedParameter, values: list[str]) -> Expression:
    if values not in (["true"], ["false"]):
        raise Invalid(":missing is true or false", location=asked.name)
    present: Expression = Present(asked.field)
    if _is_instance_uid(asked):
        present = Any((present, Related(Inside(INSTANCE), All())))
    return Not(present) if values == ["true"] else present


def _is_instance_uid(asked: AskedParameter) -> bool:
    """`ImagingStudy.instance` is asked of pictures, which are nodes; a study without any has rows instead."""
    return (asked.resource_type, asked.parameter.name) == ("ImagingStudy", "instance")


def _of_instances(asked: AskedParameter, values: list[str]) -> Expression:
    sop_uid = Field(INSTANCE, "SOPInstanceUID", Kind.TERM, Layout.PROPERTY)
    uids = tuple(value.rpartition("|")[2].removeprefix("urn:oid:") for value in values)
    return Any((Term(asked.field, uids), Related(Inside(INSTANCE), Term(sop_uid, uids))))


def _chain(resource_type: str, name: str, value: str, reading: CriteriaReading) -> Expression:
    """`subject:Patient.name`: along a reference, then a parameter of what it points to (#chaining)."""
    head, _, rest = name.partition(".")
    inner_name = rest.partition(".")[0].partition(":")[0]
    everybody = rest.startswith(_REVERSE) or inner_name in _SPECIAL

    def has(target: str) -> bool:
        return everybody or reading.has(target, inner_name)

    def inner(target: str) -> Expression:
        return reading.parameter(target, rest, value)

    return reading.along(resource_type, head, name, has=has, inner=inner)


def chained_paths(where: Expression) -> Iterator[str]:
    """The element paths of the references that chains of a condition start with."""
    match where:
        case All(of) | Any(of):
            for each in of:
                yield from chained_paths(each)
        case Not(of):
            yield from chained_paths(of)
        case Related(Along(paths, _), _):
            yield from paths


def _reverse_chain(resource_type: str, name: str, value: str, reading: CriteriaReading) -> Expression:
    """`_has:Observation:patient:code`: resources that refer to this one and satisfy the rest (#has)."""
    _, source, plain, rest = (*name.split(":", 3), "", "", "")[:4]
    if source not in RESOURCE_TYPES or not rest:
        raise Invalid("_has is _has:Type:reference:parameter", location=name[:64])
    parameter = reading.reference(source, plain, name)
    if plain in canonical_parameters(source):
        text = f"{source}.{plain} is a canonical, which is followed forwards only"
        raise Invalid(text, location=name[:64], code="not-supported")
    if parameter.targets and resource_type not in parameter.targets:
        raise Invalid(f"{source}.{plain} does not refer to {resource_type}", location=name[:64])
    inner = reading.parameter(source, rest, value)
    return Related(Against(source, parameter.paths), inner)


def compartment(resource_type: str, patient_id: str) -> Expression:
    """Return the condition of being in a patient's compartment (FHIR R4 compartmentdefinition).

    Raises `Invalid` for a type of which nothing is in one.
    """
    if not in_patient_compartment(resource_type):
        raise Invalid(f"{resource_type} is in no patient's compartment", code="not-supported")
    return Term(compartment_of(resource_type), (f"Patient/{patient_id}",))


def _listed(reading: CriteriaReading, _: str, value: str) -> Expression:
    values = split_values(value)
    reading.count(values, "_list")
    return on_lists(reading.context.tenant, values)


def _worded(name: str) -> "SpecialCriterion":
    def read(reading: CriteriaReading, resource_type: str, value: str) -> Expression:
        values = split_values(value)
        reading.count(values, name)
        return worded(resource_type, name, values)

    return read


def _named_query(_: CriteriaReading, __: str, ___: str) -> Expression:
    raise Invalid("there are no named queries here", location="_query", code="not-supported")


SpecialCriterion: TypeAlias = Callable[[CriteriaReading, str, str], Expression]
_SPECIAL: Mapping[str, SpecialCriterion] = {
    "_list": _listed,
    "_text": _worded("_text"),
    "_content": _worded("_content"),
    "_filter": condition_of,
    "_query": _named_query,
}
OF_EVERY_TYPE: Mapping[str, str] = {
    "_content": "string",
    "_filter": "special",
    "_list": "special",
    "_text": "string",
}
"""The criteria that every type takes beside its search parameters, with the type of each."""
