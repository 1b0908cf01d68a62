"""The conditional forms of writing: by criteria instead of an id (FHIR R4 http.html#ccreate)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.preconditions import Preconditions
from app.records.write.receiving import Prepared, Received
from app.records.write.replaced import MOST_CARRIERS, PATIENT, left
from app.records.write.writing import Desk, Overtaken, Written
from fhir_profiles.issues import InvalidResource, Issue
from graph.commit import Keys, View
from graph.errors import PreconditionFailed
from graph.keys import resource_of
from graph.query.expression import Expression, Page, Question
from graph.records import ResourceVersion
from graph.resources.identified import HOLDERS, asked_identifier
from graph.resources.states import RESOURCES
from graph.resources.texts import current_texts
from graph.scope import AccessScope

_ENOUGH = 2  # matches that tell "one" from "several"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a conditional request searches for: a type and its parsed parameters."""

    resource_type: str
    where: Expression

    def looks_at(self, scope: AccessScope) -> Keys:
        """The keys whose rows decide it; none where it takes a search."""
        asked = asked_identifier(scope.tenant, self.where)
        return {HOLDERS: asked.terms} if asked else {}

    @property
    def searches(self) -> bool:
        """Whether it takes a search: not where it asks for one identifier."""
        return asked_identifier("", self.where) is None

    def matches(self, view: View, scope: AccessScope) -> list[str]:
        """The keys of the resources that it finds and that are the caller's, at most two by a search.

        Of several Patients those in whose place there is no other one.
        """
        asked = asked_identifier(scope.tenant, self.where)
        found = asked.found(view, scope) if asked else None
        if found is None:
            found = view.find(scope, self.question())
            if len(found) > 1 and self.resource_type == PATIENT:
                found = view.find(scope, self.question(MOST_CARRIERS))
        if len(found) > 1 and self.resource_type == PATIENT:
            return left(current_texts(view, found))
        return found

    def question(self, most: int = _ENOUGH) -> Question:
        """The question that tells none, one and several apart, or finds as many as `most`."""
        return Question(self.resource_type, self.where, Page(limit=most))


def create(
    desk: Desk, prepared: Prepared, if_none_exist: Criteria | None, demanded: Preconditions
) -> Written:
    """Create, or answer the one match of If-None-Exist unchanged."""
    if if_none_exist and (match := only_match(desk, if_none_exist)):
        return existing(desk, match)
    return desk.put(prepared, method="POST", demanded=demanded)


def update_where(
    desk: Desk, received: Received, new_id: str, criteria: Criteria, demanded: Preconditions
) -> Written:
    """Update the one match; create where there is none, under the id that the body brings or a new one."""
    match = only_match(desk, criteria)
    if match is None:
        demanded.require(None)
    resource_id = id_of(match) if match else received.resource_id or new_id
    require_matched_id(received, resource_id)
    made_up = resource_id == new_id  # nobody chose it, so it may be new whoever asks
    return desk.put(desk.prepared(received, resource_id), method="PUT", demanded=demanded, made_up=made_up)


def delete_where(desk: Desk, criteria: Criteria, demanded: Preconditions) -> Written | None:
    """Delete the one match; None where there is none."""
    match = only_match(desk, criteria)
    if match is None:
        demanded.require(None)
        return None
    return desk.delete(criteria.resource_type, id_of(match), demanded)


def require_matched_id(received: Received, resource_id: str) -> None:
    """Require that a body which brings an id brings that of the match.

    Raises `InvalidResource` for another.
    """
    if received.resource_id not in (None, resource_id):
        where = f"{received.resource_type}.id"
        raise InvalidResource(Issue("error", "value", where, "the id of the body is not that of the match"))


def require_matched(prepared: Prepared, match: str | None) -> None:
    """Require that criteria still find the resource that was patched.

    Raises `Overtaken` where they find another, or none.
    """
    if match != prepared.key:
        raise Overtaken("the criteria found another resource before")


def only_match(desk: Desk, criteria: Criteria) -> str | None:
    """Return the key of the one match; None where there is none.

    Raises `PreconditionFailed` where there are several.
    """
    return the_one(criteria, criteria.matches(desk.view, desk.scope))


def the_one(criteria: Criteria, matches: Sequence[str]) -> str | None:
    """Return the one key of those that match criteria; None where there is none.

    Raises `PreconditionFailed` where there are several.
    """
    if len(matches) > 1:
        raise PreconditionFailed(
            f"several {criteria.resource_type} resources match the criteria", code="multiple-matches"
        )
    return matches[0] if matches else None


def id_of(key: str) -> str:
    """The id in a resource key."""
    return key.rpartition("|")[2]


def existing(desk: Desk, key: str) -> Written:
    """Return a resource that is already there, as the answer of a conditional create.

    Its body is not read. Raises `PreconditionFailed` where it went meanwhile.
    """
    known = desk.view.get(RESOURCES, key)
    if known is None:
        raise PreconditionFailed(f"{resource_of(key)} went while it was matched")
    version = ResourceVersion(
        key=key,
        resource_type=known.resource_type,
        resource_id=id_of(key),
        version_id=known.version_id,
        last_updated=known.properties.get("lastUpdated", desk.view.now),
        sequence=0,
        method="",
        body=b"",
        compartment=known.compartment,
    )
    return Written(version, created=False, changed=False, whose=version.whose)
