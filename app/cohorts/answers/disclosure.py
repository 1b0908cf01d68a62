"""How an answer is shown to a caller: everything identified, or pseudonyms with codes and years.

A researcher without a purpose grant sees pseudonymous answers: references are pseudonyms of the tenant, rows
hold no free text, identifier or full date, and what decides a verdict is not said. Of how many and which
patients they are told at all, `withholding` says.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.cohorts.language.columns import Column, Shown, columns_of, read
from app.cohorts.language.question import Rows
from app.security.policy import PSEUDONYMOUS
from graph.keys import resource_of
from graph.scope import AccessScope

_PSEUDONYM_CHARACTERS = 32
_YEAR = 4


def is_pseudonymous(scope: AccessScope) -> bool:
    """Whether a caller sees pseudonyms only."""
    return scope.purpose == PSEUDONYMOUS


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How an answer is shown to one caller; without a `key` it is identified."""

    tenant: str
    key: bytes | None = None

    @classmethod
    def to(cls, scope: AccessScope, key: bytes) -> "Disclosure":
        """How it is shown to this caller."""
        return cls(scope.tenant, key if is_pseudonymous(scope) else None)

    def reference(self, key: str) -> str:
        """How a resource is called: `Type/id`, or `Type/pseudonym-…`, the same in every answer."""
        name = resource_of(key)
        if self.key is None:
            return name
        secret = hmac.digest(self.key, f"{self.tenant}\0{name}".encode(), "sha256").hex()
        return f"{name.partition('/')[0]}/pseudonym-{secret[:_PSEUDONYM_CHARACTERS]}"

    def deciding(self, paths: Sequence[str]) -> list[str]:
        """The conditions that decide a verdict; none under a pseudonym, as each is a verdict of its own."""
        return list(paths) if self.key is None else []

    def kept(self, asked: Rows) -> list[Column]:
        """The columns that are shown of some rows, in the order asked for."""
        known = {column.name: column for column in columns_of(asked.resource)}
        chosen = [known[name] for name in asked.columns] if asked.columns else list(known.values())
        return [each for each in chosen if self.key is None or each.shown is not Shown.NOTHING]

    def columns(self, asked: Rows, document: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of one row, in the order asked for."""
        return {column.name: self._shown(column, read(document, column)) for column in self.kept(asked)}

    def _shown(self, column: Column, value: Any) -> Any:
        if self.key is None or column.shown is Shown.CODED:
            return value
        return value[:_YEAR] if isinstance(value, str) else None
