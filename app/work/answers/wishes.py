"""A request that is to be answered later, as it is kept with its job."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from graph.allowances import kept
from graph.scope import AccessScope

ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWish:
    """One request: its method, its address below the base, its headers, its body; `standing` is who asked."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    standing: Mapping[str, Any] = field(default_factory=dict)

    def kept(self) -> Mapping[str, Any]:
        """It as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "AnswerWish":
        """The wish that was kept."""
        return cls(**kept)


def mark_of(scope: AccessScope) -> str:
    """What tells the rows that somebody may see from those of other rights."""
    patients = None if scope.patients is None else sorted(scope.patients)
    rows: list[Any] = [scope.tenant, scope.partition, scope.role, patients, sorted(scope.studies)]
    if scope.right.parts:
        some = [[patient, repr(denials)] for patient, denials in scope.refusals.some.items()]
        rows += [kept(scope.allowances), sorted(scope.withheld), sorted(scope.refusals.closed), some]
        rows.append(None if scope.readers is None else sorted(scope.readers))
    return sha256(orjson.dumps(rows)).hexdigest()
