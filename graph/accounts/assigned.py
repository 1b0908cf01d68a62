"""Whose rows work gives somebody: what their open orders and tasks are about, and patients of departments.

Only references of the resource itself count, not those of what it contains: who may write a Task about what
they see must not open more by it.
"""

from collections.abc import Mapping
from typing import Any

from graph.keys import kind_key, term_key
from graph.scope import AccessScope
from graph.session import Graph

# The states in which work is still to be done, or goes on: valueset-task-status, -request-status,
# -encounter-status, -care-team-status (R4).
OPEN: Mapping[str, tuple[str, ...]] = {
    "Task": ("requested", "received", "accepted", "ready", "in-progress", "on-hold"),
    "ServiceRequest": ("active", "on-hold"),
    "Encounter": ("arrived", "triaged", "in-progress", "onleave"),
    "CareTeam": ("active",),
}

_IS_OPEN = "EXISTS {{ MATCH ({row})<-[:OF]-(v:Term) WHERE v.key IN $open }}"
_THERE = "{row}.kind = $kinds.{kind} AND {row}.deleted = false AND " + _IS_OPEN


def _open(row: str, kind: str) -> str:
    """The condition that a row is of a kind, there and in a state that is open."""
    return _THERE.format(row=row, kind=kind)


# Who works: the Practitioner, and their PractitionerRoles. What they are to do: a Task that they own, an
# order that they perform, and the order that such a Task is about. What that is about: the studies that a
# Task names, and those of the order.
_ASSIGNED = f"""
MATCH (p:Resource {{key: $person}})
CALL (p) {{
  RETURN p AS actor
  UNION
  MATCH (p)<-[e:PRACTITIONER]-(actor:PractitionerRole)
  WHERE e.path = 'practitioner' AND actor.deleted = false
  RETURN actor
}}
CALL (actor) {{
  MATCH (actor)<-[e:OWNER]-(work:Resource)
  WHERE e.path = 'owner' AND {_open("work", "Task")}
  RETURN work
  UNION
  MATCH (actor)<-[e:PERFORMER]-(work:Resource)
  WHERE e.path = 'performer' AND {_open("work", "ServiceRequest")}
  RETURN work
}}
WITH DISTINCT work
CALL (work) {{
  MATCH (work)-[e:FOCUS]->(study:ImagingStudy)
  WHERE e.path = 'focus' AND study.deleted = false
  RETURN study.key AS key
  UNION
  MATCH (work)<-[e:BASED_ON]-(study:ImagingStudy)
  WHERE e.path = 'basedOn' AND study.deleted = false
  RETURN study.key AS key
  UNION
  MATCH (work)-[e:FOCUS|BASED_ON]->(:ServiceRequest)<-[f:BASED_ON]-(study:ImagingStudy)
  WHERE e.path IN ['focus', 'basedOn'] AND f.path = 'basedOn' AND study.deleted = false
  RETURN study.key AS key
}}
RETURN collect(DISTINCT key) AS keys
"""

# Of an Organization the patients of its open Encounters, of a CareTeam its subject while it is active; and of
# a person, the subjects of the active CareTeams that they are in.
_DEPARTMENT = f"""
CALL () {{
  UNWIND $departments AS department
  MATCH (:Resource {{key: department}})<-[e:SERVICE_PROVIDER]-(place:Resource)
  WHERE e.path = 'serviceProvider' AND {_open("place", "Encounter")}
  RETURN place
  UNION
  UNWIND $departments AS department
  MATCH (place:Resource {{key: department}})
  WHERE {_open("place", "CareTeam")}
  RETURN place
  UNION
  MATCH (:Resource {{key: $person}})<-[e:MEMBER]-(place:Resource)
  WHERE e.path = 'participant.member' AND {_open("place", "CareTeam")}
  RETURN place
}}
MATCH (place)-[e:SUBJECT]->(patient:Patient)
WHERE e.path = 'subject' AND patient.deleted = false
RETURN collect(DISTINCT patient.key) AS keys
"""


def assigned_rows(graph: Graph, scope: AccessScope, person: str) -> frozenset[str]:
    """The keys of the studies that a person's open work is about."""
    return _keys(graph, scope, _ASSIGNED, ("Task", "ServiceRequest"), person=person)


def department_patients(
    graph: Graph, scope: AccessScope, person: str | None, departments: tuple[str, ...]
) -> frozenset[str]:
    """The keys of the patients of departments, and of a person's care teams."""
    kinds = ("Encounter", "CareTeam")
    return _keys(graph, scope, _DEPARTMENT, kinds, person=person or "", departments=list(departments))


def _keys(
    graph: Graph, scope: AccessScope, text: str, kinds: tuple[str, ...], **values: Any
) -> frozenset[str]:
    """The keys that a statement finds, remembered until somebody writes."""
    open_states = [term_key(scope.tenant, kind, "status", state) for kind in kinds for state in OPEN[kind]]
    named = {each: kind_key(scope.tenant, each) for each in OPEN}

    def find() -> frozenset[str]:
        (row,) = graph.read(text, **values, open=open_states, kinds=named)
        return frozenset(row["keys"])

    asked = (text, *(tuple(each) if isinstance(each, list) else each for each in values.values()))
    return graph.recalled(scope, asked, find, lambda found: sum(map(len, found)))
