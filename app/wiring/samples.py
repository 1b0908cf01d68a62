"""What loading the sample data needs; apart, since the sample data is large and needed once."""

from app.imaging.worklist.holding import HeldWorkitems
from app.samples import SampleLoader
from app.samples.reading import SampleReading
from app.wiring.process import Wiring
from graph.clock import now

_BEGUN, _ENDED = 25 * 3_600_000_000, 24 * 3_600_000_000  # µs ago, of what was read already


def sample_loader(wiring: Wiring) -> SampleLoader:
    """The loader of the sample data."""
    reading = SampleReading(
        wiring.worklist,
        wiring.imaging_search,
        wiring.administration,
        begun=_held(wiring, _BEGUN),
        ended=_held(wiring, _ENDED),
        demo=wiring.config.demo,
    )
    return SampleLoader(wiring.ingest, wiring.bundle_writer, reading, wiring.sites)


def _held(wiring: Wiring, ago: int) -> HeldWorkitems:
    """Who holds workitems as of some time ago."""
    return HeldWorkitems(wiring.workitems, wiring.sites, lambda: now() - ago, wiring.claim_secret)
