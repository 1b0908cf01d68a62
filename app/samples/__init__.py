"""Sample data: real and computed pictures of synthetic patients, dated back from the day of loading."""

from app.samples.catalogue import Samples, build_samples
from app.samples.loading import Loaded, SampleLoader

__all__ = ["Loaded", "SampleLoader", "Samples", "build_samples"]
