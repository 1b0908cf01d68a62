"""What an interaction is (FHIR R4 http.html#summary): how it is asked for, what it needs, who answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from werkzeug.routing import BaseConverter

from app.http.fhir.exchange import Answer
from fhir_profiles.definitions.registry import RESOURCE_TYPES

JSON = ("application/fhir+json", "application/json", "text/json")
FORM = ("application/x-www-form-urlencoded",)
Handler: TypeAlias = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One row of the table of routes; its handler gets the caller's rights, the `Call` and the path's names.

    `body` is what is accepted; `action` is the audit's where the method does not say it.
    """

    code: str
    method: str
    path: str
    permission: str
    handler: Handler
    body: tuple[str, ...] = ()
    action: str | None = None

    @property
    def reads(self) -> bool:
        """Whether it is a GET, which changes nothing."""
        return self.method == "GET"


class TypeConverter(BaseConverter):
    """A segment that may be the name of a type, which `_history` may not."""

    regex = "[A-Za-z][A-Za-z0-9]{0,63}"


CONVERTERS = {"type": TypeConverter}


def names_a_type(path: Mapping[str, str]) -> bool:
    """Whether the type that a path names, if it does, is one of FHIR's."""
    return path.get("kind", "Patient") in RESOURCE_TYPES
