"""Loading the sample data through the same use cases that every client's data comes through.

An interrupted load is run again from the start: resources are put under ids of their own or created only
where they are missing, and pictures that are there already are skipped.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Protocol

from app.imaging.store.failure_reasons import FailureReason
from app.imaging.store.outcomes import StoreReport
from app.samples.catalogue import Samples, build_samples
from app.samples.reading import SampleReading
from app.security.scopes import system_scope
from app.site import Sites
from graph.clock import now
from graph.scope import AccessScope

_SUBJECT = "samples"
_TOGETHER = 64  # pictures that are stored between two steps of the progress bar


class Storing(Protocol):
    """Stores instances, as `app.imaging.store` does."""

    def store(self, scope: AccessScope, parts: Iterable[Iterable[bytes]], /) -> StoreReport:
        """Store the parts, each an iterable of chunks."""
        ...


class Recording(Protocol):
    """Writes FHIR resources, as `app.records` does."""

    def transaction(self, scope: AccessScope, bundle: bytes, /) -> object:
        """Write a transaction Bundle, all or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: `stored` counts pictures that are new, `refused` says what was wrong with others."""

    samples: Samples
    bundles: int
    stored: int
    refused: tuple[str, ...]


class SampleLoader:
    """Loads the sample data into the gateway's own tenant."""

    def __init__(self, ingest: Storing, records: Recording, reading: SampleReading, sites: Sites) -> None:
        self._ingest = ingest
        self._records = records
        self._reading = reading
        self._sites = sites

    def load(self, progress: Callable[[int, int], None], samples: Samples | None = None) -> Loaded:
        """Load the sample data, by default as of today; `progress` is told the pieces done and their number.

        Raises what a transaction raises: the sample data is valid, so that is a failure of the graph.
        """
        site = self._sites.own
        scope = system_scope(site.tenant, _SUBJECT)
        samples = samples or build_samples(datetime.now(site.zone).date())
        before, after = samples.bundle_count()
        total = before + samples.image_count() + after
        reports: list[StoreReport] = []
        steps = chain(
            self._post(scope, samples.before_images()),
            self._store(scope, samples.images(), reports),
            self._post(scope, samples.after_images()),
        )
        done = 0
        for pieces in steps:
            done += pieces
            progress(done, total)
        self._reading.ask(scope, samples.seed, now(), site.zone, partial(system_scope, site.tenant))
        stored, refused = _counted(reports)
        return Loaded(samples, before + after, stored, refused)

    def _post(self, scope: AccessScope, bundles: Iterator[bytes]) -> Iterator[int]:
        for bundle in bundles:
            self._records.transaction(scope, bundle)
            yield 1

    def _store(self, scope: AccessScope, files: Iterator[bytes], reports: list[StoreReport]) -> Iterator[int]:
        while together := [(file,) for file in islice(files, _TOGETHER)]:
            report = self._ingest.store(scope, together)
            if report.stopped:
                raise report.stopped
            reports.append(report)
            yield len(together)


def _counted(reports: Iterable[StoreReport]) -> tuple[int, tuple[str, ...]]:
    """How many pictures are new, and why any was refused that is not there already."""
    outcomes = [outcome for report in reports for outcome in report.outcomes]
    failed = (each for each in outcomes if not each.stored and each.failure_reason != FailureReason.EXISTS)
    refused = tuple(f"{each.sop_uid}: {' '.join(each.comments)}" for each in failed)
    return sum(each.stored and not each.repeated for each in outcomes), refused
