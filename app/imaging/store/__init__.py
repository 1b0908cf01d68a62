"""Storing of instances: hostile bytes in, durable blobs and graph rows out."""

from app.imaging.store.imaging import Imaging
from app.imaging.store.limits import Limits
from app.imaging.store.outcomes import Outcome, StoreReport
from app.imaging.store.store import Ingest

__all__ = ["Imaging", "Ingest", "Limits", "Outcome", "StoreReport"]
