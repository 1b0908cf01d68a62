"""Volumes: a series as NIfTI, made by a converter and checked against the series by a reader of our own."""

from app.imaging.volumes.converting import VolumeConverter, VolumeLimits
from app.imaging.volumes.faults import NoVolume
from app.imaging.volumes.sidecar import sidecar_of

__all__ = ["NoVolume", "VolumeConverter", "VolumeLimits", "sidecar_of"]
