"""What is wrong with a document or a resource (FHIR R4 operationoutcome.html).

Texts are for clients and never repeat a value, which may be a patient's.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding: `code` is of valueset-issue-type, `expression` a FHIRPath, empty where there is none."""

    severity: str  # error | warning | information
    code: str
    expression: str
    diagnostics: str


class ProfileError(Exception):
    """What was sent cannot be taken; `issues` says why, at least one."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__("; ".join(issue.diagnostics for issue in issues))
        self.issues = issues

    def __reduce__(self) -> tuple[type["ProfileError"], tuple[Issue, ...]]:
        """Made anew from its issues in another process."""
        return type(self), self.issues


class InvalidDocument(ProfileError):
    """The text is not the JSON of one resource: nothing in it can be judged."""


class InvalidResource(ProfileError):
    """The JSON is well formed and breaks the rules of its resource type."""
