"""Whether a resource is right: asked without writing it, and by the profiles that were loaded."""

from app.records.validate.library import ProfileLibrary
from app.records.validate.validating import RecordValidation, ValidationMode

__all__ = ["ProfileLibrary", "RecordValidation", "ValidationMode"]
