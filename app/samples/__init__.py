"""Sample data: real pictures bound to synthetic patients, dated back from the day of loading."""

from app.samples.catalogue import Samples, build_samples

__all__ = ["Samples", "build_samples"]
