"""What a caller who is kept to granted rows may write: their own, of their patients, naming what they see.

The access matrix gives them the reports of their own reads. Whatever such a report names is looked at in the
commit that writes it, and what the caller does not see is answered as what does not exist: else a report
would tell what there is, or put itself into a chart that is not theirs.

Who was given a study and not its chart writes its report all the same: about the patient of that study, whom
the study names to them. Such a report is about the study as well, so that they see it, and it stays so
whoever amends it, for as long as it names the study.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.records.write.receiving import Prepared
from fhir_profiles.definitions.registry import is_shared
from graph.commit import View
from graph.errors import Forbidden, Unprocessable
from graph.keys import resource_of
from graph.query.rows import REPORT, member_rows
from graph.resources.states import RESOURCES, ResourceState
from graph.resources.traits import traits_of
from graph.scope import AccessScope

AUTHOR = "author"  # a property of the node: the subject of the narrowed caller who created the resource
REPORTING = "reporting"  # a property of the node: of what is written as part of a report, by its own rules
_REPORTED = "imagingStudy"  # the element of a DiagnosticReport that names what was read


def authorship(scope: AccessScope, known: ResourceState | None) -> Mapping[str, str]:
    """The property that says who created a resource; empty where nobody's right depends on it."""
    return {} if scope.sees_all or known is not None else {AUTHOR: scope.subject}


def require_author(scope: AccessScope, known: ResourceState | None) -> None:
    """Require that a narrowed caller created what they change; raises `Forbidden` for what they only see."""
    if known is not None and not scope.sees_all and known.properties.get(AUTHOR) != scope.subject:
        raise Forbidden("it was written by somebody else: read it, and write your own", code="forbidden")


def refuse_reporting(known: ResourceState | None) -> None:
    """Refuse to change what follows the states of a report; raises `Unprocessable`."""
    if known is not None and known.properties.get(REPORTING):
        raise Unprocessable(
            "it belongs to a report that is written and signed here: change it under /reports",
            code="business-rule",
        )


def require_granted(scope: AccessScope, view: View, prepared: Prepared) -> None:
    """Require that a narrowed caller writes about granted patients, and names only what they see.

    Raises `Forbidden`: the same for what is hidden and for what does not exist.
    """
    if scope.patients is None:
        return
    named = dict(_hideable(prepared))
    view.load({RESOURCES: named})
    pictured = _pictured(scope, view, prepared)
    if not prepared.compartment or not (scope.patients | pictured).issuperset(prepared.compartment):
        raise Forbidden("the resource is about a patient who is not yours", code="forbidden")
    for key, path in named.items():
        if key in pictured:
            continue
        known = view.get(RESOURCES, key)
        if known is None or known.deleted or not known.is_seen_by(scope):
            raise Forbidden(
                "the resource refers to what is not there, or is not yours to see",
                location=f"{prepared.resource_type}.{path}",
                code="forbidden",
            )


def require_allowed(scope: AccessScope, prepared: Prepared) -> None:
    """Require that a SMART scope of the token lets what is sent be written.

    Raises `Forbidden` where it is about another patient than theirs, or of another category.
    """
    if scope.allowances is None:
        return
    sorts = traits_of(scope.tenant, prepared.resource_type, prepared.values).sorts or ()
    if not scope.right.allows(prepared.key, prepared.compartment, sorts):
        raise Forbidden("the scopes of the access token do not hold what is sent", code="forbidden")


def about_studies(scope: AccessScope, known: ResourceState | None, prepared: Prepared) -> Prepared:
    """What is written, also about the studies that it reports and by which its author may write it."""
    before = known.compartment if known is not None and AUTHOR in known.properties else None
    given = scope.studies.union(before or ())
    studies = tuple(key for key in _reported(prepared) if key in given)
    if prepared.compartment is None or not studies:
        return prepared
    members = member_rows(scope.tenant, prepared.resource_type, studies)
    values = replace(prepared.values, terms=(*prepared.values.terms, *members))
    return replace(prepared, values=values, compartment=(*prepared.compartment, *studies))


def _reported(prepared: Prepared) -> tuple[str, ...]:
    """The keys of the studies that it is the report of."""
    if prepared.resource_type != REPORT:
        return ()
    return tuple(dict.fromkeys(key for key, _, path, *_ in prepared.values.edges if path == _REPORTED))


def _pictured(scope: AccessScope, view: View, prepared: Prepared) -> frozenset[str]:
    """The patients of the granted studies that it is the report of."""
    studies = [view.get(RESOURCES, key) for key in _reported(prepared) if key in scope.studies]
    seen = [each for each in studies if each is not None and not each.deleted and each.is_seen_by(scope)]
    return frozenset(key for each in seen for key in each.compartment or ())


def _hideable(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """The key and the path of each reference, contained ones too, to a type that is not everybody's."""
    for key, _, path, *_ in prepared.values.edges:
        if key != prepared.key and not is_shared(resource_of(key).partition("/")[0]):
            yield key, path
