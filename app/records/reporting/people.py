"""Who writes and signs: the Practitioner that an account stands for, or the account itself by its name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.records.people.names import names_of
from app.records.read import RecordReader
from graph.errors import Forbidden
from graph.scope import AccessScope

ACCOUNT = "urn:hilum:account"
"""The system of the name of an account, where that is all that is known of who did something."""
_PRACTITIONER = "Practitioner"


@dataclass(frozen=True, slots=True)
class ReportPerson:
    """Somebody who does something with a report; `reference` is empty where no Practitioner is known."""

    reference: str
    display: str
    account: str

    def as_reference(self) -> dict[str, Any]:
        """The Reference to them."""
        if self.reference:
            return {"reference": self.reference, "display": self.display}
        return {"identifier": {"system": ACCOUNT, "value": self.account}, "display": self.display}


def is_same_person(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two References are to one person."""
    if one.get("reference") or other.get("reference"):
        return one.get("reference") == other.get("reference")
    return bool(one.get("identifier") == other.get("identifier"))


class ReportPeople:
    """Finds out who somebody is in the record."""

    def __init__(self, reader: RecordReader) -> None:
        self._reader = reader

    def who(self, scope: AccessScope) -> ReportPerson:
        """Who the caller is: the Practitioner whom their account is bound to, or that has its name."""
        named = sorted(each for each in scope.actors if each.startswith(f"{_PRACTITIONER}/"))
        named.sort(key=lambda each: each == f"{_PRACTITIONER}/{scope.subject}")
        names = self._names(scope, named)
        for each in named:
            if each in names:
                return ReportPerson(each, names[each] or scope.subject, scope.subject)
        return ReportPerson("", scope.subject, scope.subject)

    def signer(self, scope: AccessScope) -> ReportPerson:
        """The Practitioner who signs; raises `Forbidden` where the caller is none of the record."""
        found = self.who(scope)
        if not found.reference:
            raise Forbidden(
                "to sign, your account needs a Practitioner of the record: who manages accounts binds it",
                code="forbidden",
            )
        return found

    def _names(self, scope: AccessScope, references: Iterable[str]) -> dict[str, str]:
        asked = [(_PRACTITIONER, each.partition("/")[2]) for each in references]
        found = self._reader.named(scope, asked)
        told = {f"{kind}/{name}": orjson.loads(version.body) for (kind, name), version in found.items()}
        return {name: next(iter(names_of(document)), "") for name, document in told.items()}
