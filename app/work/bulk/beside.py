"""What is exported beside the resources about patients: all that these refer to, however far it leads.

Practitioners, organizations, locations, medications and the like, which are about nobody (Bulk Data Access
2.0, kick-off request): a patient's chart cannot be read without them. They are looked for once in a run.
"""

from collections.abc import Sequence

from app.work.bulk.wishes import ExportWish
from fhir_profiles.definitions.registry import RESOURCE_TYPES, in_patient_compartment
from graph.keys import resource_of
from graph.resources.bulk import BulkPage, BulkPlace, BulkStore
from graph.scope import AccessScope

_LOOKED_AT = 5_000  # resources whose references are followed by one statement


class Beside:
    """What is beside the patients of one export; found when it is first asked for."""

    def __init__(self, bulk: BulkStore, wish: ExportWish) -> None:
        self._bulk = bulk
        self._wish = wish
        self._found: dict[str, list[BulkPlace]] | None = None

    def page(self, scope: AccessScope, kind: str, after: int, limit: int) -> BulkPage:
        """What there is of a type after a place, as of everything; nothing stands before the place 0."""
        rest = [each for each in self._places(scope).get(kind, ()) if each.serial > after]
        shown = rest[:limit]
        rows = self._bulk.named(scope, self._wish.question(kind), [each.key for each in shown])
        return BulkPage(rows, shown[-1].serial if len(rest) > limit else None)

    def among(self, scope: AccessScope, kind: str, keys: Sequence[str]) -> list[str]:
        """Those of the keys of a type that are beside, in their order."""
        known = {each.key for each in self._places(scope).get(kind, ())}
        return [key for key in keys if key in known]

    def _places(self, scope: AccessScope) -> dict[str, list[BulkPlace]]:
        if self._found is None:
            found: dict[str, list[BulkPlace]] = {}
            for each in sorted(self._reached(scope)):
                found.setdefault(resource_of(each.key).partition("/")[0], []).append(each)
            self._found = found
        return self._found

    def _reached(self, scope: AccessScope) -> set[BulkPlace]:
        """What resources about the patients refer to, what that refers to, and so on."""
        near = set[BulkPlace]()
        members = list(filter(in_patient_compartment, RESOURCE_TYPES))
        for kind in sorted(self._bulk.kinds(scope, members)):
            near |= self._referred(scope, kind)
        reached = set(near)
        while near:
            keys = [each.key for each in near]
            near = set[BulkPlace]()
            for start in range(0, len(keys), _LOOKED_AT):
                near |= set(self._bulk.beyond(scope, keys[start : start + _LOOKED_AT])) - reached
            reached |= near
        return reached

    def _referred(self, scope: AccessScope, kind: str) -> set[BulkPlace]:
        found: set[BulkPlace] = set()
        last: int | None = 0
        question = self._wish.question(kind)
        while last is not None:
            places, last = self._bulk.referred(scope, question, last, _LOOKED_AT)
            found.update(places)
        return found
