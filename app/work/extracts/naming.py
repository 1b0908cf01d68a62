"""What an extract calls things: as a project calls them, or, where nothing is de-identified, as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.deidentification.options import ProfileOption
from app.deidentification.project import Project, ProjectSubject
from app.imaging.deidentify.identifying import words_of
from app.work.extracts.wishes import ExtractWish
from graph.keys import resource_of
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope


@dataclass(frozen=True, slots=True)
class ExtractNames:
    """The names of one extract; `known` are the words that tell of patients, by their keys."""

    project: Project
    deidentify: bool
    options: frozenset[ProfileOption]
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, wish: ExtractWish, secret: bytes, tenant: str) -> "ExtractNames":
        """The names of a wish, under the secret of the gateway."""
        return cls(Project(secret, tenant, wish.project), wish.deidentify, wish.options)

    def subject(self, patient: str) -> ProjectSubject:
        """The subject that a patient is, by key."""
        return self.project.subject(resource_of(patient), self.known.get(patient, frozenset()))

    def patient(self, patient: str) -> str:
        """What a patient is called, by key."""
        return self.subject(patient).pseudonym if self.deidentify else resource_of(patient).partition("/")[2]

    def reference(self, key: str) -> str:
        """What a resource is called, with its type."""
        kind, _, name = resource_of(key).partition("/")
        if kind == "Patient":
            return f"{kind}/{self.patient(key)}"
        return f"{kind}/{self.project.pseudonym(kind, name) if self.deidentify else name}"

    def uid(self, uid: str) -> str:
        """What a study, series or instance is called."""
        kept = not self.deidentify or ProfileOption.RETAIN_UIDS in self.options
        return uid if kept else self.project.uid(uid)

    def short(self, uid: str) -> str:
        """A short name of one, of letters and digits, for the names of files."""
        return self.project.pseudonym("uid", uid)


class KnownWords:
    """Reads the words by which patients are told apart elsewhere: their names, numbers and addresses."""

    def __init__(self, resources: ResourceStore) -> None:
        self._resources = resources

    def of(self, scope: AccessScope, patients: Iterable[str]) -> dict[str, frozenset[str]]:
        """The words of each patient, by key."""
        found = self._resources.bodies(scope, list(dict.fromkeys(patients)))
        return {each.key: frozenset(words_of(_texts(orjson.loads(each.body)))) for each in found}


def _texts(patient: Mapping[str, Any]) -> list[str]:
    texts: list[str] = []
    for name in patient.get("name", ()):
        texts += [name.get("text", ""), name.get("family", ""), *name.get("given", ())]
    for member in ("identifier", "telecom"):
        texts += [each.get("value", "") for each in patient.get(member, ())]
    for address in patient.get("address", ()):
        texts += [address.get("text", ""), *address.get("line", ())]
    return [each for each in texts if isinstance(each, str) and each]
