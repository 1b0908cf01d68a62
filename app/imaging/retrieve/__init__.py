"""Retrieving pictures: which instances, which frames, their bytes and what these are."""

from app.imaging.retrieve.ahead import ahead
from app.imaging.retrieve.bulk import BulkRetrieval, StoredBulk
from app.imaging.retrieve.frames import frame_media_type, frame_syntaxes, is_big_endian, is_encapsulated
from app.imaging.retrieve.rendering import ImagingRendering
from app.imaging.retrieve.retrieve import ImagingRetrieval, Metadata
from app.imaging.retrieve.showing import Showing, showing_of
from app.imaging.retrieve.videos import video_media_type

__all__ = [
    "BulkRetrieval",
    "ImagingRendering",
    "ImagingRetrieval",
    "Metadata",
    "Showing",
    "StoredBulk",
    "ahead",
    "frame_media_type",
    "frame_syntaxes",
    "is_big_endian",
    "is_encapsulated",
    "showing_of",
    "video_media_type",
]
