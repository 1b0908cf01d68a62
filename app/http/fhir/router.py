"""Entries of a Bundle are routed by the table that requests are routed by, under the same permissions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule

from app.http.fhir.binary import as_resource
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.interactions import CONVERTERS, FORM, Interaction, names_a_type
from app.queries import pairs_of
from app.records.bundles.entries import EntryRequest, Target
from graph.budget import hold, spend
from graph.errors import Invalid
from graph.query.prices import ENTRY
from graph.scope import AccessScope


@dataclass(frozen=True, slots=True)
class EntryCall:
    """An entry that found its interaction; `names` are those of its path, and a HEAD is `bodiless`."""

    interaction: Interaction
    names: Mapping[str, str]
    scope: AccessScope
    call: Call
    bodiless: bool = False

    @property
    def target(self) -> Target | None:
        """What it writes; None where it only reads."""
        if self.interaction.reads:
            return None
        return Target(self.names["kind"], self.names.get("resource_id"), self.call.parameters)

    @property
    def reading(self) -> Target | None:
        """The resource of which it reads the current version; None where it reads something else."""
        if self.interaction.code != "read":
            return None
        return Target(self.names["kind"], self.names["resource_id"])

    def answer(self) -> Answer:
        """The answer that the same request would get by itself.

        Raises `TooLarge` where the entries of the Bundle cost more than those of one request may, or their
        answers grow beyond what one answer may hold.
        """
        spend(ENTRY)
        handler = self.interaction.handler_of(self.names.get("kind"), self.names.get("name"))
        answer: Answer = handler(self.scope, self.call, **self.names)
        if self.bodiless:
            return Answer(answer.status, headers=answer.headers)
        hold(len(answer.body))
        return as_resource(answer)


@lru_cache(maxsize=4)
def _places_by_path(offered: tuple[tuple[str, str], ...]) -> Map:
    """Methods and paths as a map to their places: a process has one table, and more than one router of it."""
    rules = [Rule(path, endpoint=at, methods=[method]) for at, (method, path) in enumerate(offered)]
    return Map(rules, converters=CONVERTERS, redirect_defaults=False)


class EntryRouter:
    """Finds the interaction of an entry among those that need no form."""

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        self._offered = [each for each in interactions if each.body != FORM]
        self._methods = {each.method for each in self._offered} | {"HEAD"}
        self._places = _places_by_path(tuple((each.method, each.path) for each in self._offered)).bind(
            "", "/"
        )

    def route(self, scope: AccessScope, base: str, now: int) -> Callable[[EntryRequest], EntryCall]:
        """How a caller's entries are routed; `base` is the address that urls may begin with.

        The function raises `Invalid` with what is wrong in the request, `Forbidden`, and what
        `Interaction.handler_of` raises.
        """

        def routed(request: EntryRequest) -> EntryCall:
            path, _, query = request.url.removeprefix(f"{base}/").partition("?")
            interaction, names = self._match(request.method, path)
            scope.require(interaction.permission, *interaction.instead)
            interaction.handler_of(names.get("kind"), names.get("name"))
            if interaction.changes:
                raise Invalid(
                    "an operation that changes something is asked by itself", location="request.url"
                )
            parameters = tuple(pairs_of(query, "request.url"))
            body = request.body if interaction.body else b""
            asked = Call(now, parameters, request.headers, body)
            return EntryCall(interaction, names, scope, asked, bodiless=request.method == "HEAD")

        return routed

    def _match(self, method: str, path: str) -> tuple[Interaction, Mapping[str, str]]:
        try:
            place, names = self._places.match(f"/{unquote(path).strip('/')}", method)
        except MethodNotAllowed:
            wrong = "url" if method in self._methods else "method"
            raise Invalid(f"{method} is not offered there", location=f"request.{wrong}") from None
        except HTTPException:
            raise Invalid("the url of the entry is none of the API", location="request.url") from None
        interaction = self._offered[place]
        if not names_a_type(names):
            raise Invalid("there is no such resource type", location="request.url")
        return interaction, names
