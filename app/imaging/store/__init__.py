"""Storing of instances: hostile bytes in, durable blobs and graph rows out."""

from app.imaging.store.imaging import Imaging
from app.imaging.store.limits import Limits
from app.imaging.store.outcomes import InstanceOutcome, StoreReport
from app.imaging.store.store import Ingest

__all__ = ["Imaging", "Ingest", "InstanceOutcome", "Limits", "StoreReport"]
