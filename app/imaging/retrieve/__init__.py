"""Retrieving pictures: which instances, which frames, their bytes and what these are."""

from app.imaging.retrieve.frames import frame_media_type, frame_syntaxes, is_big_endian, is_encapsulated
from app.imaging.retrieve.rendering import ImagingRendering
from app.imaging.retrieve.retrieve import ImagingRetrieval, Metadata

__all__ = [
    "ImagingRendering",
    "ImagingRetrieval",
    "Metadata",
    "frame_media_type",
    "frame_syntaxes",
    "is_big_endian",
    "is_encapsulated",
]
