"""Storing of instances: hostile bytes in, durable blobs and graph rows out."""

from app.ingest.imaging import Imaging
from app.ingest.limits import Limits
from app.ingest.outcomes import Outcome, StoreReport
from app.ingest.store import Ingest

__all__ = ["Imaging", "Ingest", "Limits", "Outcome", "StoreReport"]
