"""Chains into contained resources (FHIR R4 search.html#contained), kept as rows of what contains them."""

from dataclasses import replace

from fhir_profiles.index.kept import TermValue, within
from graph.query.expression import (
    All,
    Along,
    Any,
    AtLeast,
    Expression,
    KeyIn,
    Layout,
    Not,
    NumberPair,
    Present,
    Related,
    SerialIn,
    Unlike,
    ValueLeaf,
    Worded,
)
from graph.query.rows import field_of


def in_contained(resource_type: str, parameter: str, target: str, where: Expression) -> Expression | None:
    """A condition on resources of a type, asked of a contained one that the parameter refers to.

    None where no contained resource can be asked it: it has no id of its own, and nothing refers to it from
    elsewhere. What a contained one refers to in turn is found by the element, whichever of them it is in.
    """
    there = Present(field_of(resource_type, within(parameter, target), TermValue))
    match where:
        case All(of):
            every = [in_contained(resource_type, parameter, target, each) for each in of]
            known = tuple(each for each in every if each is not None)
            return All((there, *known)) if len(known) == len(every) else None
        case Any(of):
            some = (in_contained(resource_type, parameter, target, each) for each in of)
            found = tuple(each for each in some if each is not None)
            return Any(found) if found else None
        case Not(of):
            denied = in_contained(resource_type, parameter, target, of)
            return there if denied is None else All((there, Not(denied)))
        case Related(Along(paths, targets), inner):
            onward = Along(tuple(f"contained.{path}" for path in paths), targets)
            return All((there, Related(onward, inner)))
        case Related() | KeyIn() | SerialIn() | AtLeast() | Worded():
            return None
        case _:
            return _kept_within(resource_type, parameter, target, where)


def _kept_within(resource_type: str, parameter: str, target: str, leaf: ValueLeaf) -> ValueLeaf | None:
    if leaf.field.layout is not Layout.ROWS:
        return None
    field = replace(leaf.field, entity=resource_type, name=within(parameter, target, leaf.field.name))
    match leaf:
        case Unlike(of):
            return Unlike(replace(of, field=field))
        case NumberPair(_, first, second):
            return replace(
                leaf, field=field, first=replace(first, field=field), second=replace(second, field=field)
            )
    return replace(leaf, field=field)
