"""Spike (c): what bounds one small request and one large answer, by web server.

    python -m bench.spikes.servers rates   [--only NAME]   requests a second by route at 1 and 8 clients
    python -m bench.spikes.servers stalls  [--only NAME]   others' rate while 200 stall, and their end
    python -m bench.spikes.servers faults  [--only NAME]   4 GB upload, drain, kill -9, chunked, 100-continue

Needs a Neo4j: SPIKE_BOLT (bolt://127.0.0.1:17801) and SPIKE_PASSWORD. `seed` writes the rows that are read.
Client and server share the machine's cores, as the judged figures do.
"""

import argparse
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil
from neo4j import GraphDatabase

from bench.spikes.servers_client import HOST, ask, connect, get, load, receive

APP = "bench.spikes.servers_app:create_app"
ROWS = 20_000
ROUNDS = 3
SECONDS = 0.7
STALLED_OF_A_KIND = 67
PATIENCE = 40
FOUR_GIB = 4 << 30

_GUNICORN = ("-m", "gunicorn", f"{APP}()", "--no-control-socket", "--keep-alive", "15", "--backlog", "2048")
_PATIENT = (*_GUNICORN, "-k", "app.http.kit.server.GatewayWorker")
_GRANIAN = ("-m", "granian", APP, "--factory", "--interface", "wsgi", "--no-ws", "--http", "1")


@dataclass(frozen=True, slots=True)
class Server:
    """One way to serve the application: its arguments and the gate around Bolt (0 = none)."""

    arguments: tuple[str, ...]
    gate: int = 0


def _granian(workers: int, threads: int, gate: int = 0) -> Server:
    options = ("--workers", str(workers), "--blocking-threads", str(threads), "--backpressure", "1024")
    return Server((*_GRANIAN, *options), gate)


def _gthread(
    workers: int, threads: int, gate: int = 0, base: tuple[str, ...] = (*_GUNICORN, "-k", "gthread")
) -> Server:
    return Server((*base, "-w", str(workers), "--threads", str(threads)), gate)


SERVERS = {
    "granian 2x1": _granian(2, 1),
    "granian 2x4": _granian(2, 4),
    "granian 2x64": _granian(2, 64),
    "granian 2x64 gate 2": _granian(2, 64, 2),
    "granian 3x256 gate 1": _granian(3, 256, 1),
    "gthread 2x4": _gthread(2, 4),
    "gthread 2x64": _gthread(2, 64),
    "gthread 2x64 gate 2": _gthread(2, 64, 2),
    "gthread 3x64 gate 1": _gthread(3, 64, 1),
    "sync 3": Server((*_GUNICORN, "-k", "sync", "-w", "3")),
    "patient 2x4": _gthread(2, 4, base=_PATIENT),
    "patient 2x256": _gthread(2, 256, base=_PATIENT),
    "patient 2x256 gate 1": _gthread(2, 256, 1, _PATIENT),
    "patient 2x256 gate 2": _gthread(2, 256, 2, _PATIENT),
    "patient 2x256 gate 4": _gthread(2, 256, 4, _PATIENT),
    "patient 3x256 gate 1": _gthread(3, 256, 1, _PATIENT),
    "patient 3x256 gate 2": _gthread(3, 256, 2, _PATIENT),
    "patient 4x256 gate 1": _gthread(4, 256, 1, _PATIENT),
}
ROUTES = {
    "hello": lambda: _repeat("/hello"),
    "read": lambda: _numbered("/read/k{}"),
    "grouped": lambda: _numbered("/grouped/k{}"),
    "page": lambda: _numbered("/page/{}"),
    "frame": lambda: _repeat("/frame"),
    "stream": lambda: _repeat("/stream"),
    "file": lambda: _repeat("/file"),
}


def _repeat(path: str) -> Iterator[bytes]:
    request = get(path)
    while True:
        yield request


def _numbered(path: str) -> Iterator[bytes]:
    while True:
        for number in range(0, ROWS - 60, 7):
            yield get(path.format(number))


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


def _bind(arguments: tuple[str, ...], port: int) -> tuple[str, ...]:
    if "granian" in arguments:
        return (*arguments, "--host", HOST, "--port", str(port))
    return (*arguments, "-b", f"{HOST}:{port}")


@contextlib.contextmanager
def running(server: Server, files: Path, *extra: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start a server, wait until it answers, end it afterwards."""
    port = _free_port()
    environment = os.environ | {"SPIKE_FILES": str(files), "SPIKE_GATE": str(server.gate)}
    command = [sys.executable, *_bind((*server.arguments, *extra), port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield process, port
    finally:
        _end(process)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if ask(port, get("/hello"))[0] == 200:
                return
        time.sleep(0.05)
    raise TimeoutError("the server does not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    family = [] if process.poll() is not None else _family(process)
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(3)
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    process.kill()
    process.wait()


def _family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def _memory(process: subprocess.Popen[bytes]) -> str:
    sizes = [member.memory_info().rss >> 20 for member in _family(process)]
    return f"{sum(sizes)} MB in {len(sizes)} workers"


def rates(names: list[str], files: Path) -> None:
    """Print one Markdown row a server: requests (or MB) a second, 1 / 8 clients, medians."""
    print("| server |", " | ".join(ROUTES), "| memory |")
    for name in names:
        with running(SERVERS[name], files) as (process, port):
            cells = [_cell(port, route) for route in ROUTES]
            print(f"| {name} |", " | ".join(cells), f"| {_memory(process)} |", flush=True)


def _cell(port: int, route: str) -> str:
    medians = []
    for clients in (1, 8):
        load(port, ROUTES[route], clients=clients, seconds=0.3)
        runs = [load(port, ROUTES[route], clients=clients, seconds=SECONDS) for _ in range(ROUNDS)]
        if route in ("stream", "file"):
            medians.append(f"{statistics.median(run.bytes_per_second for run in runs) / 1e6:.0f} MB/s")
        else:
            medians.append(f"{statistics.median(run.per_second for run in runs):.0f}")
    return " / ".join(medians)


HALF_HEAD = b"POST /sink HTTP/1.1\r\nHost: x\r\nContent-"
HALF_BODY = b"POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1000


def _stall(port: int) -> list[socket.socket]:
    """Clients that stop in the head, in the body, and that read nothing of 50 MB."""
    sockets = []
    for opening in (HALF_HEAD, HALF_BODY, get("/stream")):
        for _ in range(STALLED_OF_A_KIND):
            sock = connect(port)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.sendall(opening)
            sockets.append(sock)
    return sockets


def stalls(names: list[str], files: Path) -> None:
    """Print others' rate and slowest answer before and while clients stall, and how each kind ended."""
    print(
        "| server | read/s, 8 clients | 201 stall | slowest | head ends | body ends | reader ends | memory |"
    )
    for name in names:
        with running(SERVERS[name], files) as (process, port):
            before = load(port, ROUTES["read"], clients=8, seconds=2)
            started = time.monotonic()
            sockets = _stall(port)
            during = _during(port)
            memory = _memory(process)
            with ThreadPoolExecutor(3) as pool:
                ends = list(pool.map(_ended, [process] * 3, sockets[::STALLED_OF_A_KIND], [started] * 3))
            print(
                f"| {name} | {before.per_second:.0f} | {during} |",
                " | ".join(ends),
                f"| {memory} |",
                flush=True,
            )
            for sock in sockets:
                sock.close()


def _during(port: int) -> str:
    try:
        outcome = load(port, ROUTES["read"], clients=8, seconds=4)
    except (TimeoutError, ConnectionError) as error:
        return f"none ({type(error).__name__}) | -"
    return f"{outcome.per_second:.0f} | {outcome.slowest:.2f} s"


def _ended(process: subprocess.Popen[bytes], sock: socket.socket, started: float) -> str:
    """When the server let a stalled client go, and with what answer (a reader has its 200 already)."""
    port = sock.getsockname()[1]
    while _holds(process, port):
        if time.monotonic() > started + PATIENCE:
            return f"never ({PATIENCE} s)"
        time.sleep(0.5)
    took, answer = time.monotonic() - started, b""
    sock.settimeout(1)
    with contextlib.suppress(OSError):
        answer = sock.recv(64)[9:12]
    return f"{took:.0f} s {answer.decode() or 'closed'}"


def _holds(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether a worker still has the connection that comes from a client's port."""
    connections = (each for member in _family(process) for each in member.net_connections("tcp4"))
    return any(each.raddr and each.raddr[1] == port for each in connections)


def faults(names: list[str], files: Path) -> None:
    """Print what large uploads, a stop, a killed worker and unusual requests do."""
    for name in names:
        print(f"### {name}")
        for check in (_upload, _protocol, _disconnect, _kill, _drain_on_stop):
            with running(SERVERS[name], files) as (process, port):
                print(f"- {check.__name__.strip('_')}: {check(process, port)}", flush=True)


def _upload(process: subprocess.Popen[bytes], port: int) -> str:
    before = max(member.memory_info().rss for member in _family(process))
    block, started = bytes(1 << 20), time.perf_counter()
    with connect(port, timeout=120) as sock:
        sock.sendall(f"POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: {FOUR_GIB}\r\n\r\n".encode())
        for _ in range(FOUR_GIB >> 20):
            sock.sendall(block)
        status, body = receive(sock)
    took = time.perf_counter() - started
    grown = max(member.memory_info().rss for member in _family(process)) - before
    return f"{status} {body.decode()} at {FOUR_GIB / took / 1e6:.0f} MB/s, memory +{grown >> 20} MB"


def _protocol(process: subprocess.Popen[bytes], port: int) -> str:
    chunked = b"POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    status, body = ask(port, chunked)
    with connect(port, timeout=3) as sock:
        sock.sendall(b"POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        interim = sock.recv(100).split(b"\r\n")[0]
        sock.sendall(b"ok")
        final, _ = receive(sock)
    return f"chunked {status} {body.decode()}; Expect: {interim.decode()} then {final}"


def _disconnect(process: subprocess.Popen[bytes], port: int) -> str:
    for _ in range(20):
        connect(port).sendall(HALF_BODY)
    time.sleep(1)
    return f"20 clients vanish in the body, then /status {ask(port, get('/status'))[1].decode()}"


def _kill(process: subprocess.Popen[bytes], port: int) -> str:
    victim = orjson.loads(ask(port, get("/status"))[1])["pid"]
    os.kill(victim, signal.SIGKILL)
    started, lost = time.perf_counter(), 0
    time.sleep(0.2)
    while time.perf_counter() < started + 5 and process.poll() is None:
        try:
            lost += ask(port, get("/hello"), timeout=2)[0] != 200
        except OSError:
            lost += 1
        workers = [member.pid for member in _family(process) if member.status() != psutil.STATUS_ZOMBIE]
        if len(workers) >= 2 and victim not in workers and time.perf_counter() > started + 1.5:
            return f"restarted, {lost} requests failed after 0.2 s, workers {len(workers)}"
    return f"master {process.poll()}, {lost} requests failed"


def _drain_on_stop(process: subprocess.Popen[bytes], port: int) -> str:
    with connect(port) as sock, connect(port) as uploading:
        sock.sendall(get("/slow"))
        uploading.sendall(HALF_BODY)
        time.sleep(0.3)
        started = time.perf_counter()
        process.terminate()
        time.sleep(0.5)
        try:
            refused = f"new request answered {ask(port, get('/hello'), timeout=2)[0]}"
        except OSError as error:
            refused = f"new request {type(error).__name__}"
        with contextlib.suppress(OSError):
            uploading.sendall(b"x" * 999_000)
            print("  upload in flight:", receive(uploading)[0])
        status, body = receive(sock)
    process.wait(40)
    return (
        f"in flight {status} {body.decode()}; {refused}; stopped after {time.perf_counter() - started:.1f} s"
    )


def seed() -> None:
    """Write the rows that are read: 20,000 nodes with a body of 1 kB."""
    rows = [
        {"key": f"k{n}", "serial": n, "body": orjson.dumps({"id": n, "text": "x" * 900})} for n in range(ROWS)
    ]
    auth = ("neo4j", os.environ["SPIKE_PASSWORD"])
    with GraphDatabase.driver(os.environ["SPIKE_BOLT"], auth=auth) as driver:
        driver.execute_query("CREATE CONSTRAINT IF NOT EXISTS FOR (r:SpikeResource) REQUIRE r.key IS UNIQUE")
        driver.execute_query("CREATE INDEX IF NOT EXISTS FOR (r:SpikeResource) ON (r.serial)")
        driver.execute_query("MATCH (r:SpikeResource) DETACH DELETE r")
        driver.execute_query("UNWIND $rows AS row CREATE (r:SpikeResource) SET r = row", rows=rows)


def _write_files(folder: Path) -> Path:
    files = folder / "files"
    files.mkdir()
    for number in range(100):
        (files / f"{number:03}").write_bytes(os.urandom(1 << 19))
    (folder / "whole.bin").write_bytes(os.urandom(50 << 20))
    return files


def main() -> None:
    """Run one part of the spike."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["seed", "rates", "stalls", "faults"])
    parser.add_argument("--only", action="append", choices=list(SERVERS))
    arguments = parser.parse_args()
    os.environ.setdefault("SPIKE_BOLT", "bolt://127.0.0.1:17801")
    if arguments.part == "seed":
        return seed()
    with tempfile.TemporaryDirectory() as folder:
        part = {"rates": rates, "stalls": stalls, "faults": faults}[arguments.part]
        return part(arguments.only or list(SERVERS), _write_files(Path(folder)))


if __name__ == "__main__":
    main()
