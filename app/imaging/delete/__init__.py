"""Deleting and restoring pictures: a study, a series or an instance."""

from app.imaging.delete.delete import ImagingDeletion
from app.imaging.delete.restore import ImagingRestoration

__all__ = ["ImagingDeletion", "ImagingRestoration"]
