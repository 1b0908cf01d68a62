"""What loading the sample data needs; apart, since the sample data is large and needed once."""

from app.samples import SampleLoader
from app.wiring.process import Wiring


def sample_loader(wiring: Wiring) -> SampleLoader:
    """The loader of the sample data."""
    return SampleLoader(wiring.ingest, wiring.bundle_writer, wiring.sites)
