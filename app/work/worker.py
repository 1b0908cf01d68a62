"""The worker's loop: one round of each chore, then a pause; a chore that fails is tried again next round.

Each chore may be repeated at any point and by several workers at once: audit entries are merged by key, blobs
are removed by an id that is never used again.
"""

import time
from collections.abc import Callable
from threading import Event
from typing import Any

import structlog

from app.audit.mover import move_closed
from app.wiring import AUDIT_FOLDER, Services
from app.work.orphans import OrphanSweeper
from app.work.purge import purge_deleted
from graph.clock import now
from graph.errors import HilumError

PAUSE_SECONDS = 5.0
_log = structlog.get_logger("hilum.worker")


def run(services: Services, stop: Event) -> None:
    """Do rounds until `stop` is set."""
    chores = _chores(services)
    while not stop.is_set():
        for name, chore in chores.items():
            _attempt(name, chore)
        stop.wait(PAUSE_SECONDS)


def _chores(services: Services) -> dict[str, Callable[[], Any]]:
    config = services.config
    sweeper = OrphanSweeper(
        services.removals, services.blobs, config.home, config.tenant, config.orphan_seconds
    )
    return {
        "audit": lambda: move_closed(services.config.home / AUDIT_FOLDER, services.audit),
        "purge": lambda: purge_deleted(services.removals, services.blobs, services.config.tenant, now()),
        "sweep": services.blobs.sweep,
        "orphans": lambda: sweeper.sweep(time.time()),
    }


def _attempt(name: str, chore: Callable[[], Any]) -> None:
    try:
        chore()
    except (HilumError, OSError) as error:
        _log.warning("chore failed, will be tried again", chore=name, error=type(error).__name__)
