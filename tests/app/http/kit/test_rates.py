"""Who asks too often is told to wait, in every process alike; who asks within the limit never is."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.http.kit.metrics import exposition
from app.http.kit.rates import (
    CALLERS_OF_AN_ADDRESS,
    CLASS_OF,
    STOCK_SECONDS,
    RateClass,
    Rates,
    class_of,
    limits_of,
)
from app.security.policy import PERMISSIONS
from app.settings import RATES
from graph.errors import Throttled
from tests.factories.scopes import scope_of

LIMIT = 2
STOCK = int(LIMIT * STOCK_SECONDS)


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rates(tmp_path: Path, clock: Clock) -> Rates:
    return rates_at(tmp_path, clock)


def rates_at(folder: Path, clock: Clock) -> Rates:
    return Rates(folder / "rates", dict.fromkeys(RateClass, LIMIT), clock)


def admitted(ask: Callable[[], None], most: int = 1_000) -> int:
    """How often one may ask before being refused."""
    for times in range(most):
        try:
            ask()
        except Throttled:
            return times
    return most


def test_a_minute_of_the_limit_may_be_asked_at_once_and_then_the_limit(rates: Rates, clock: Clock) -> None:
    def ask() -> None:
        rates.admit_caller(RateClass.READS, scope_of("clinician"))

    assert admitted(ask) == STOCK
    clock.seconds += 10
    assert admitted(ask) == 10 * LIMIT
    clock.seconds += 10 * STOCK_SECONDS
    assert admitted(ask) == STOCK


def test_who_is_refused_is_told_how_long_to_wait_and_gets_in_then(rates: Rates, clock: Clock) -> None:
    def ask() -> None:
        rates.admit_caller(RateClass.READS, scope_of("clinician"))

    admitted(ask)
    with pytest.raises(Throttled) as refused:
        ask()
    assert refused.value.retry_after == 1
    clock.seconds += refused.value.retry_after
    ask()


def test_callers_classes_and_tenants_have_stocks_of_their_own(rates: Rates) -> None:
    admitted(lambda: rates.admit_caller(RateClass.READS, scope_of("clinician")))

    rates.admit_caller(RateClass.WRITES, scope_of("clinician"))
    rates.admit_caller(RateClass.READS, scope_of("researcher"))
    rates.admit_caller(RateClass.READS, scope_of("clinician", tenant="another"))


def test_an_address_may_ask_as_much_as_some_callers(rates: Rates) -> None:
    assert (
        admitted(lambda: rates.admit_address(RateClass.READS, "192.0.2.7")) == CALLERS_OF_AN_ADDRESS * STOCK
    )
    assert admitted(lambda: rates.admit_address(RateClass.OPEN, "192.0.2.7")) == STOCK
    rates.admit_address(RateClass.OPEN, "192.0.2.8")


def test_a_network_of_ipv6_counts_as_one_address(rates: Rates) -> None:
    numbers = iter(range(1_000_000))

    assert admitted(lambda: rates.admit_address(RateClass.OPEN, f"2001:db8::{next(numbers):x}")) == STOCK
    rates.admit_address(RateClass.OPEN, "2001:db8:0:1::1")


ASKING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tests.app.http.kit.test_rates import Clock, RateClass, admitted, rates_at

def ask(rates):
    return admitted(lambda: rates.admit_address(RateClass.READS, "192.0.2.7"))

sys.setswitchinterval(1e-6)
every = [rates_at(Path(sys.argv[1]), Clock()) for _ in range(2)]
with ThreadPoolExecutor() as threads:
    print(sum(threads.map(ask, (*every, *every))))
"""


def test_processes_and_threads_draw_on_the_same_stocks(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ASKING, str(tmp_path)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]

    assert sum(int(run.communicate()[0]) for run in runs) == CALLERS_OF_AN_ADDRESS * STOCK


def test_requests_drawn_by_the_lot_are_no_more_and_no_fewer(tmp_path: Path, clock: Clock) -> None:
    limit, stock = 330, int(330 * STOCK_SECONDS)
    one, other = (Rates(tmp_path / "rates", dict.fromkeys(RateClass, limit), clock) for _ in range(2))

    def asked(of: Rates) -> int:
        return admitted(lambda: of.admit_address(RateClass.OPEN, "192.0.2.7"), stock)

    assert admitted(lambda: other.admit_address(RateClass.OPEN, "192.0.2.7"), 1) == 1
    assert asked(one) + asked(other) == stock - 1


def test_a_file_of_before_a_restart_of_the_machine_holds_nobody_back(rates: Rates, clock: Clock) -> None:
    def ask() -> None:
        rates.admit_caller(RateClass.READS, scope_of("clinician"))

    clock.seconds = 1_000_000.0
    admitted(ask)
    clock.seconds = 5.0
    assert admitted(ask) == STOCK


def test_the_table_stays_as_large_as_it_is_however_many_ask(rates: Rates, tmp_path: Path) -> None:
    rates.admit_address(RateClass.OPEN, "192.0.2.7")
    before = (tmp_path / "rates").stat()
    for each in range(5_000):
        rates.admit_address(RateClass.OPEN, f"10.0.{each >> 8}.{each & 255}")
    after = (tmp_path / "rates").stat()

    assert (before.st_size, before.st_blocks) == (after.st_size, after.st_blocks)
    assert before.st_mode & 0o777 == 0o600


def test_the_file_is_open_as_long_as_somebody_counts(tmp_path: Path, clock: Clock) -> None:
    def is_open() -> bool:
        return str(tmp_path / "rates") in {each.path for each in psutil.Process().open_files()}

    rates = rates_at(tmp_path, clock)
    rates.admit_address(RateClass.READS, "192.0.2.1")
    assert is_open()

    del rates

    assert not is_open()


def test_every_permission_has_a_class_and_a_route_that_of_its_dearest() -> None:
    assert CLASS_OF.keys() == PERMISSIONS.keys()
    assert class_of(()) is RateClass.OPEN
    assert class_of(("fhir.read",)) is RateClass.READS
    assert class_of(("fhir.read", "fhir.write")) is RateClass.WRITES
    assert class_of(("fhir.write", "fhir.bulk")) is RateClass.HEAVY


def test_the_settings_name_every_class() -> None:
    assert limits_of(RATES).keys() == set(RateClass)


def test_metrics_count_refusals_and_name_nobody(rates: Rates) -> None:
    admitted(lambda: rates.admit_caller(RateClass.HEAVY, scope_of("clinician", subject="kim")))
    text = exposition()[0]

    assert b'hilum_throttled_total{counted_by="caller",rate="heavy"}' in text
    assert b"kim" not in text
