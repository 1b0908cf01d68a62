"""Retrieving pictures: which instances, which frames, their bytes and what these are."""

from app.imaging.retrieve.frames import frame_media_type, frame_syntaxes, is_big_endian, is_encapsulated
from app.imaging.retrieve.retrieve import ImagingRetrieval, Metadata

__all__ = [
    "ImagingRetrieval",
    "Metadata",
    "frame_media_type",
    "frame_syntaxes",
    "is_big_endian",
    "is_encapsulated",
]
