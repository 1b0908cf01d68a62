"""What a caller is shown: everything identified, or pseudonyms with codes and years.

A researcher without a purpose grant sees pseudonymous answers: references are pseudonyms of the tenant, rows
hold no free text, identifier or full date, and whatever would tell of fewer than `minCell` patients is
withheld, the number and the rows alike.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.cohorts.columns import Column, Shown, columns_of, read
from app.cohorts.question import Rows
from app.security.policy import PURPOSE_OF
from graph.keys import resource_of
from graph.scope import AccessScope

_PSEUDONYM_CHARACTERS = 32
_YEAR = 4


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How an answer is shown to one caller; without a `key` it is identified."""

    tenant: str
    min_cell: int = 0
    key: bytes | None = None

    @classmethod
    def to(cls, scope: AccessScope, key: bytes, min_cell: int) -> "Disclosure":
        """What this caller may be shown; `minCell` binds those who see pseudonyms."""
        if scope.purpose == PURPOSE_OF["researcher"]:
            return cls(scope.tenant, min_cell, key)
        return cls(scope.tenant)

    def withholds(self, count: int) -> bool:
        """Whether so few patients may not be told of."""
        return 0 < count < self.min_cell

    def count(self, count: int) -> int | None:
        """A number of patients, None where it is withheld."""
        return None if self.withholds(count) else count

    def reference(self, key: str) -> str:
        """How a resource is called: `Type/id`, or `Type/pseudonym-…`, the same in every answer."""
        name = resource_of(key)
        if self.key is None:
            return name
        secret = hmac.digest(self.key, f"{self.tenant}\0{name}".encode(), "sha256").hex()
        return f"{name.partition('/')[0]}/pseudonym-{secret[:_PSEUDONYM_CHARACTERS]}"

    def columns(self, asked: Rows, document: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of one row, in the order asked for."""
        known = {column.name: column for column in columns_of(asked.resource)}
        chosen = [known[name] for name in asked.columns] if asked.columns else list(known.values())
        return {
            column.name: self._shown(column, read(document, column))
            for column in chosen
            if self.key is None or column.shown is not Shown.NOTHING
        }

    def _shown(self, column: Column, value: Any) -> Any:
        if self.key is None or column.shown is Shown.CODED:
            return value
        return value[:_YEAR] if isinstance(value, str) else None
