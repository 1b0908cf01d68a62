"""The profiles, tags and security labels of resources: told, added and taken away."""

from app.records.labels.labels import RecordLabels

__all__ = ["RecordLabels"]
