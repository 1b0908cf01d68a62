"""Prometheus metrics of requests, by route template: no id and no search value ever becomes a label.

With several web processes, `PROMETHEUS_MULTIPROC_DIR` must name an empty folder before this module is
imported; each process then counts in its own file there, and any of them answers for all.
"""

import os
import time
from typing import Any

from flask import Flask, Response, g, request
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

from app.http.kit.logging import UNMATCHED, route_template
from app.http.kit.request_context import current

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("hilum_requests_total", "Requests answered.", ("method", "route", "status"))
SECONDS = Histogram(
    "hilum_request_seconds", "Time until the answer begins to leave.", ("method", "route"), buckets=_BUCKETS
)
IN_FLIGHT = Gauge("hilum_requests_in_flight", "Requests being worked on.", multiprocess_mode="livesum")


def install_metrics(app: Flask) -> None:
    """Count every request."""
    app.before_request(_enter)
    app.after_request(_count)
    app.teardown_request(_leave)


def _enter() -> None:
    g.hilum_counted = True
    IN_FLIGHT.inc()


def _count(answer: Response) -> Response:
    method = request.method if request.method in _METHODS else UNMATCHED
    route = route_template()
    REQUESTS.labels(method, route, str(answer.status_code)).inc()
    SECONDS.labels(method, route).observe(time.perf_counter() - current().started)
    return answer


def _leave(_: BaseException | None) -> None:
    if g.pop("hilum_counted", False):
        IN_FLIGHT.dec()


def exposition() -> tuple[bytes, str]:
    """All metrics in Prometheus' text form, and its content type.

    Of all processes where there are several.
    """
    registry: Any = REGISTRY
    if os.environ.get(FOLDER_VARIABLE):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


def forget_process(pid: int) -> None:
    """Drop the gauges of a web process that has ended."""
    if os.environ.get(FOLDER_VARIABLE):
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
