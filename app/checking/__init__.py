"""Proves that graph, blobs and audit agree: what `hilum check` runs, and what follows every fault test."""

from app.checking.checks import CHECKS, Finding, run_checks

__all__ = ["CHECKS", "Finding", "run_checks"]
