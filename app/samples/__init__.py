"""Sample data: real pictures bound to synthetic patients, dated back from the day of loading."""

from app.samples.catalogue import Samples, build_samples
from app.samples.loading import Loaded, load_samples

__all__ = ["Loaded", "Samples", "build_samples", "load_samples"]
