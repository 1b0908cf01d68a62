"""What the local Neo4j is told: its configuration file and the arguments of its Java machine. Pure.

Loopback only, no HTTP, no usage reports, and a stop within three seconds (the two time-outs; without them it
takes ten). Nothing here is an Enterprise setting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAIN_CLASS = "org.neo4j.server.CommunityEntryPoint"
ADMIN_CLASS = "org.neo4j.cli.AdminTool"
OPENED_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


_BYTES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_COLLECTED_AT_ONCE = 4 << 30  # bytes


@dataclass(frozen=True, slots=True)
class GraphMemory:
    """How much memory the graph may take, in the notation of Java (`768m`, `2g`)."""

    heap: str = "768m"
    page_cache: str = "256m"


def configuration(folder: Path, port: int, memory: GraphMemory) -> str:
    """The text of `neo4j.conf` for a server whose state is in `folder` and that listens on `port`."""
    settings = {
        "server.directories.data": folder / "data",
        "server.directories.logs": folder / "logs",
        "server.directories.run": folder / "run",
        "server.directories.import": folder / "import",
        "server.directories.plugins": folder / "plugins",
        "server.directories.licenses": folder / "licenses",
        "server.directories.lib": folder / "lib",
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        "server.memory.pagecache.size": memory.page_cache,
        # After a kill, what the log holds since the last checkpoint is done again: so much and no more.
        "db.checkpoint": "VOLUME",
        "db.checkpoint.interval.volume": "64m",
        "db.tx_log.rotation.size": "32m",
        "db.tx_log.rotation.retention_policy": "256M size",
        "db.shutdown_transaction_end_timeout": "1s",
        "internal.server.bolt.thread_pool_shutdown_wait_time": "1s",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def java_arguments(jars: Sequence[Path], memory: GraphMemory, java: Sequence[str] = ()) -> str:
    """The argument file of `java`, one quoted argument a line: memory, `java`, packages, class path."""
    arguments = [
        "-Xms128m",
        f"-Xmx{memory.heap}",
        *collector(memory.heap),
        "-XX:+ExitOnOutOfMemoryError",  # an exhausted server ends, and its supervisor starts it again
        "-Dfile.encoding=UTF-8",
        *java,
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED_PACKAGES),
        "-cp",
        class_path(jars),
    ]
    return "".join(f'"{_escaped(argument)}"\n' for argument in arguments)


def collector(heap: str) -> tuple[str, ...]:
    """Which garbage collector suits a heap, told in the notation of Java; none leaves it to Java (G1).

    In parallel a commit takes a quarter less of the cores than under G1 (docs/performance.md), but everything
    stands still for as long as the whole heap takes, which for a large one is seconds.
    """
    size = int(heap[:-1]) * _BYTES[heap[-1]] if heap[-1] in _BYTES else int(heap)
    return ("-XX:+UseParallelGC",) if size <= _COLLECTED_AT_ONCE else ()


def class_path(jars: Sequence[Path]) -> str:
    """The jars as Java is told of them."""
    return ":".join(str(jar) for jar in jars)


def _escaped(argument: str) -> str:
    return argument.replace("\\", "\\\\").replace('"', '\\"')
