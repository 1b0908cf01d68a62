"""What an expression can be refused for; each is a `ProfileError`, which every window knows to word."""

from fhir_profiles.issues import Issue, ProfileError


class NotAnExpression(ProfileError):
    """The text is no FHIRPath, or names a function or constant that does not exist."""

    def __init__(self, diagnostics: str) -> None:
        super().__init__(Issue("error", "invalid", "", diagnostics))


class NotEvaluable(ProfileError):
    """The expression cannot be evaluated on this input: several items where one is demanded, or none such."""

    def __init__(self, diagnostics: str) -> None:
        super().__init__(Issue("error", "processing", "", diagnostics))


class BeyondBudget(ProfileError):
    """The evaluation takes more steps than one may."""

    def __init__(self) -> None:
        super().__init__(Issue("error", "too-costly", "", "the FHIRPath expression takes too many steps"))
