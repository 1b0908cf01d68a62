"""What the driver's compiled codec (`neo4j-rust-ext`) brings to our statements, and whether it holds.

    python -m bench.spikes.driver_extension measure
    python -m bench.spikes.driver_extension soak [--seconds 240]

Both ask the graph of the environment (`HILUM_HOME` or `NEO4J_URI`). `measure` runs each statement in children
with and without the extension, in turn, and prints the processor time of the child and the time until the
rows are there. `soak` sends random valid values and compares what comes back, in a child, whose death is the
finding.
"""

import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

ROUNDS, TIMES = 7, 200
SCRIPTS = ((32, 126), (0xA0, 0x17F), (0x370, 0x3FF), (0x5D0, 0x5EA), (0xAC00, 0xD7A3), (0x1F300, 0x1FAFF))
EDGES = (0, 1, 15, 16, 17, 127, 128, 255, 256, 257, 32767, 32768, 65535, 65536, 65537)
INTEGERS = tuple(
    sign * (1 << power) + step
    for power in (3, 4, 7, 8, 15, 16, 31, 32, 62)
    for sign in (1, -1)
    for step in (-1, 0, 1)
)
FLOATS = (0.0, -0.0, 1.5, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308)
STATEMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "one number": ("RETURN $x AS x", {"x": 1}),
    "a map of 40 properties": (
        "RETURN $row AS row",
        {"row": {f"Property{number}": f"value {number}" for number in range(40)}},
    ),
    "100 compressed metadata of 1 kB": (
        "RETURN $rows AS rows",
        {"rows": [[n, os.urandom(1024)] for n in range(100)]},
    ),
    "a commit of 50 rows of 20 properties": (
        "UNWIND $rows AS row RETURN count(row.p1) AS n",
        {"rows": [{f"p{n}": [f"{n}", n, None] for n in range(20)} for _ in range(50)]},
    ),
    "500 rows": ("UNWIND range(1, 500) AS n RETURN n, 'key|' + n AS key", {}),
}


def _driver() -> Any:
    from neo4j import GraphDatabase  # after the extension was hidden, or not

    from app.config import Config
    from app.wiring import graph_address

    where = graph_address(Config.from_env(os.environ))
    return GraphDatabase.driver(where.uri, auth=(where.user, where.password), telemetry_disabled=True)


def _measured() -> dict[str, tuple[float, float]]:
    """Milliseconds of the processor and of the clock that each statement takes."""
    found = {}
    with _driver() as driver, driver.session(fetch_size=-1) as session:
        for name, (text, parameters) in STATEMENTS.items():
            for _ in range(TIMES // 4):
                list(session.run(text, parameters))
            processor, clock = time.process_time(), time.perf_counter()
            for _ in range(TIMES):
                list(session.run(text, parameters))
            taken = time.process_time() - processor, time.perf_counter() - clock
            found[name] = (taken[0] * 1000 / TIMES, taken[1] * 1000 / TIMES)
    return found


def measure() -> None:
    """Print a row for each statement: with the extension and without, medians of the rounds."""
    rounds: dict[str, list[dict[str, tuple[float, float]]]] = {"with": [], "without": []}
    for _ in range(ROUNDS):
        for kind, kept in rounds.items():
            command = [sys.executable, "-m", "bench.spikes.driver_extension", "child", "--extension", kind]
            kept.append(
                json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            )
    print("| statement | processor with / without | until the rows are there with / without |\n|---|---|---|")
    for name in STATEMENTS:
        cells = [
            " / ".join(
                f"{statistics.median(each[name][place] for each in rounds[kind]):.2f}" for kind in rounds
            )
            for place in (0, 1)
        ]
        print(f"| {name} | {cells[0]} | {cells[1]} |")


def _text(dice: random.Random) -> str:
    first, last = dice.choice(SCRIPTS)
    length = dice.choice(EDGES) if dice.random() < 0.02 else dice.randrange(40)
    return "".join(map(chr, dice.choices(range(first, last + 1), k=length)))


def _bytes(dice: random.Random) -> bytes:
    chance = dice.random()
    length = dice.randrange(5 << 20) if chance < 0.001 else dice.choice(EDGES) if chance < 0.02 else 30
    return dice.randbytes(length)


SCALARS: tuple[Callable[[random.Random], Any], ...] = (
    lambda _: None,
    lambda dice: dice.choice((True, False)),
    lambda dice: dice.choice((*INTEGERS, dice.randint(-(1 << 63), (1 << 63) - 1))),
    lambda dice: dice.choice((*FLOATS, dice.uniform(-1e9, 1e9))),
    _text,
    _bytes,
)


def _value(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.randrange(len(SCALARS) + (3 if depth < 3 else 0))
    if kind < len(SCALARS):
        return SCALARS[kind](dice)
    if kind == len(SCALARS):
        return {_text(dice)[:50]: _value(dice, depth + 1) for _ in range(dice.choice((0, 1, 16)))}
    return [_value(dice, depth + 1) for _ in range(dice.choice((0, 1, 3, 17)))]


def _same(sent: Any, came: Any) -> bool:
    if isinstance(sent, float):
        return isinstance(came, float) and (sent == came or (math.isnan(sent) and math.isnan(came)))
    if isinstance(sent, list):
        return isinstance(came, list) and len(sent) == len(came) and all(map(_same, sent, came))
    if isinstance(sent, dict):
        return (
            isinstance(came, dict)
            and sent.keys() == came.keys()
            and all(_same(sent[k], came[k]) for k in sent)
        )
    return type(sent) is type(came) and bool(sent == came)


def _soaking(seconds: float, seed: int) -> Iterator[str]:
    dice, ends, count, size = random.Random(seed), time.monotonic() + seconds, 0, 0
    with _driver() as driver, driver.session(fetch_size=-1) as session:
        while time.monotonic() < ends:
            values = [_value(dice) for _ in range(dice.choice((1, 5, 50)))]
            (record,) = session.run("RETURN $values AS values", {"values": values})
            if not _same(values, record["values"]):
                yield f"seed {seed}, statement {count}: what came back is not what was sent"
            count, size = count + 1, size + len(values)
    yield f"{count} statements with {size} values"


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("measure", "soak", "child", "soaking"))
    parser.add_argument("--extension", choices=("with", "without"), default="with")
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    given = parser.parse_args()
    if given.extension == "without":
        sys.modules["neo4j._rust"] = None  # type: ignore[assignment] - its import fails, as if it were not there
    if given.what == "measure":
        measure()
    elif given.what == "child":
        print(json.dumps(_measured()))
    elif given.what == "soaking":
        print("\n".join(_soaking(given.seconds, given.seed)))
    else:
        command = [sys.executable, "-X", "faulthandler", "-m", "bench.spikes.driver_extension", "soaking"]
        ended = subprocess.run([*command, f"--seconds={given.seconds}", f"--seed={given.seed}"], check=False)
        print(f"the child ended with {ended.returncode}; seed {given.seed}")


if __name__ == "__main__":
    main()
