"""Proves that graph, blobs and audit agree: what `hilum check` runs, and what follows every fault test."""

from app.checking.checks import Checks, Violation

__all__ = ["Checks", "Violation"]
