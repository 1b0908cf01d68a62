"""Deleting pictures: a study, a series or an instance."""

from app.imaging.delete.delete import ImagingDeletion

__all__ = ["ImagingDeletion"]
