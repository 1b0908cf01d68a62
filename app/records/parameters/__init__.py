"""Search parameters that a tenant adds: which there are, and how what is there gets their values."""

from app.records.parameters.indexing import BATCH, Indexing, ParameterIndexer
from app.records.parameters.known import KNOWN_SECONDS, NOTHING_ADDED, AddedParameters

__all__ = ["BATCH", "KNOWN_SECONDS", "NOTHING_ADDED", "AddedParameters", "Indexing", "ParameterIndexer"]
