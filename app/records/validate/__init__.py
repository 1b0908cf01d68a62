"""Whether a resource is right, asked without writing it."""

from app.records.validate.validating import RecordValidation, ValidationMode

__all__ = ["RecordValidation", "ValidationMode"]
