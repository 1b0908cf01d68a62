"""Prometheus metrics of requests, by route template: no id and no search value ever becomes a label.

With several web processes, `PROMETHEUS_MULTIPROC_DIR` must name an empty folder before this module is
imported; each process then counts in its own file there, and any of them answers for all.
"""

import os
from functools import cache
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from app.http.kit.logging import UNMATCHED

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("hilum_requests_total", "Requests answered.", ("method", "route", "status"))
SECONDS = Histogram(
    "hilum_request_seconds", "Time until the answer begins to leave.", ("method", "route"), buckets=_BUCKETS
)
IN_FLIGHT = Gauge("hilum_requests_in_flight", "Requests being worked on.", multiprocess_mode="livesum")
THROTTLED = Counter("hilum_throttled_total", "Requests beyond a rate limit.", ("rate", "counted_by"))
BREAK_GLASS = Counter("hilum_break_glass_total", "Records opened by break-glass: each wants to be looked at.")


def enter() -> None:
    """Count a request that is being worked on."""
    IN_FLIGHT.inc()


def leave() -> None:
    """Count it off again."""
    IN_FLIGHT.dec()


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answer, `seconds` after its request came."""
    _requests(method, route, status).inc()
    _seconds(method, route).observe(seconds)


def count_throttled(rate: str, counted_by: str) -> None:
    """Count a request that was refused by the limit of a class, of a `caller` or an `address`."""
    THROTTLED.labels(rate, counted_by).inc()


def counted_method(method: str) -> str:
    """The method as a label; `-` for one that no route has, since it may be anything."""
    return method if method in _METHODS else UNMATCHED


# Routes, methods and statuses are few; looking a child up by its labels costs more than counting.
@cache
def _requests(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, str(status))


@cache
def _seconds(method: str, route: str) -> Histogram:
    return SECONDS.labels(method, route)


def exposition(alerts: int | None = None) -> tuple[bytes, str]:
    """All metrics in Prometheus' text form, and its content type.

    Of all processes where there are several. `alerts` wait for somebody; None where nobody knows.
    """
    registry: Any = REGISTRY
    if os.environ.get(FOLDER_VARIABLE):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry) + _of_the_graph(alerts), CONTENT_TYPE_LATEST


def _of_the_graph(alerts: int | None) -> bytes:
    """What no process counts: the graph knows it for all of them."""
    if alerts is None:
        return b""
    registry = CollectorRegistry()
    Gauge("hilum_alerts_waiting", "Alerts that nobody has acknowledged.", registry=registry).set(alerts)
    return generate_latest(registry)


def forget_process(pid: int) -> None:
    """Drop the gauges of a web process that has ended."""
    if os.environ.get(FOLDER_VARIABLE):
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
