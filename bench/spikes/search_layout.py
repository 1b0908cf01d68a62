"""Spike (a): how to lay out search values on Neo4j; figures for docs/adr/0001-search-value-layout.md.

    python bench/spikes/search_layout.py --uri bolt://127.0.0.1:7911 --count 1000000 --layouts rows edges \
        --store DATA/databases/neo4j --out figures.json

Loads `count` Observations (500 a patient, codes by Zipf's law, dates independent of the order of creation) in
each layout of `search_layout_cases`, then asks every case for a common, a middle and a rare code. It wants an
empty database of its own, without authentication or with NEO4J_AUTH=user/password; `--store` tells disk sizes
(the server then needs db.checkpoint.interval.time=5s). Times are medians in ms through the driver with one
thread; hits are database hits by PROFILE.
"""

import argparse
import itertools
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neo4j import Driver, GraphDatabase

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from bench.spikes.search_layout_cases import CREATIONS, EXTRA_CASES, LAYOUTS, NAMES, SHAPES, VARIANTS, Layout

CODES, ZIPF, PER_PATIENT = 2_000, 1.2, 500
YEAR = 365 * 86_400_000_000  # µs
START = 1_600_000_000_000_000
SEED = 20_260_101
COMMON, MIDDLE, RARE = 0, 60, 1_900
RUNS = 15
ROUNDS = 5
BULK = 1_000
CHECKPOINT = 8  # seconds; start the server with db.checkpoint.interval.time=5s

Row = dict[str, Any]
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bench:
    """A database to fill and ask; `store` is its folder, when it is on this machine."""

    driver: Driver
    store: Path | None

    def run(self, text: str, **parameters: Any) -> list[list[Any]]:
        """Run one auto-commit statement and give its rows."""
        with self.driver.session() as session:
            return [list(record) for record in session.run(text, parameters)]

    def profile(self, text: str, parameters: Row) -> tuple[int, list[str]]:
        """Database hits of a statement, and its operators from the last to the first."""
        with self.driver.session() as session:
            plan = session.run("PROFILE " + text, parameters).consume().profile
        steps = list(_steps(plan or {}))
        return sum(int(step.get("dbHits", 0)) for step in steps), [_operator(step) for step in steps]

    def size(self) -> int:
        """Bytes of the store once checkpoints no longer change it; 0 when it is elsewhere."""
        if self.store is None:
            return 0
        seen, now = -1, _bytes(self.store)
        while now != seen:  # Community has no procedure for a checkpoint
            time.sleep(CHECKPOINT)
            seen, now = now, _bytes(self.store)
        return now

    def index_size(self, name: str) -> int:
        """Bytes of one index, which a finished build has flushed."""
        [[number]] = self.run("SHOW INDEXES YIELD name, id WHERE name = $name RETURN id", name=name)
        return _bytes(self.store / "schema" / "index" / "range-1.0" / str(number)) if self.store else 0


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _steps(plan: Row) -> Iterator[Row]:
    yield plan
    for child in plan.get("children", ()):
        yield from _steps(child)


def _operator(step: Row) -> str:
    return str(step.get("operatorType", "")).split("@")[0]


def observations(tenant: str, first: int, count: int, values: int = 5) -> Iterator[Row]:
    """Observations with `values` search values each: five of the real kinds, the rest like them."""
    chance = random.Random(SEED + first)
    weights = list(itertools.accumulate(1 / (rank + 1) ** ZIPF for rank in range(CODES)))
    for serial in range(first, first + count):
        code = chance.choices(range(CODES), cum_weights=weights)[0]
        yield _observation(tenant, serial, code, chance, values - 5)


def _observation(tenant: str, serial: int, code: int, chance: random.Random, more: int) -> Row:
    kind, date = f"{tenant}|Observation", START + int(chance.random() * 5 * YEAR)
    value = round(chance.gauss(100, 20), 1)
    patient, status = f"Patient/{serial // PER_PATIENT}", "final" if chance.random() < 0.8 else "amended"
    terms = [
        [f"{kind}|code|{code}", "http://loinc.org"],
        [f"{kind}|status|{status}", ""],
        [f"{kind}|_compartment|{patient}", ""],
        *([f"{kind}|category{n}|vital-signs", "http://terminology.hl7.org"] for n in range(more)),
    ]
    spans = [
        [f"{kind}|date", date, date + 1_000_000, "", ""],
        [f"{kind}|code-value-quantity|{code}", value - 0.05, value + 0.05, "http://unitsofmeasure.org", "mg"],
    ]
    return {
        "key": f"{tenant}|-|Observation|{serial}", "id": str(serial), "serial": serial, "date": date,
        "value": value, "updated": START + serial * 1_000, "compartment": [f"{tenant}|-|{patient}"],
        "terms": terms, "spans": spans,
    }  # fmt: skip


def parameters(tenant: str, code: int, count: int) -> Row:
    """What the cases ask, for one code."""
    kind = f"{tenant}|Observation"
    middle = START + 5 * YEAR // 2
    return {
        "kind": kind, "code": f"{kind}|code|{code}", "status": f"{kind}|status|amended",
        "codes": [f"{kind}|code|{n}" for n in range(code, min(code + 20, CODES))],
        "patient": f"{kind}|_compartment|Patient/{count // PER_PATIENT // 2}", "date": f"{kind}|date",
        "quantity": f"{kind}|code-value-quantity|{code}", "value": 120.0, "after": -1, "middle": count // 2,
        "from": middle, "to": middle + YEAR // 12, "since": START + count * 500,
    }  # fmt: skip


def load(bench: Bench, layout: Layout, tenant: str, count: int) -> Figures:
    """Create the indexes, then every Observation in batches; rate and store growth."""
    for name, where in layout.indexes.items():
        bench.run(f"CREATE INDEX {name} IF NOT EXISTS {where}")
    bench.run("CALL db.awaitIndexes(300)")
    before, spent = bench.size(), 0.0
    for batch in _batches(observations(tenant, 0, count), BULK):
        began = time.perf_counter()
        bench.run(layout.load, rows=batch, kind=f"{tenant}|Observation")
        spent += time.perf_counter() - began
    return {
        "resources_a_second": round(count / spent),
        "bytes_a_resource": round((bench.size() - before) / count),
    }


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    every = iter(rows)
    while batch := list(itertools.islice(every, size)):
        yield batch


def rebuild(bench: Bench, name: str, where: str) -> Figures:
    """Make one index over what is loaded: seconds and bytes."""
    bench.run(f"DROP INDEX {name} IF EXISTS")
    began = time.perf_counter()
    bench.run(f"CREATE INDEX {name} {where}")
    bench.run("CALL db.awaitIndexes(600)")
    seconds = time.perf_counter() - began
    return {"seconds": round(seconds, 1), "megabytes": round(bench.index_size(name) / 1e6)}


def ask(bench: Bench, cases: dict[str, str], tenant: str, count: int) -> Figures:
    """Median ms, hits and rows of each case for the three codes."""
    codes = {"common": COMMON, "middle": MIDDLE, "rare": RARE}
    return {
        name: {which: _measure(bench, text, parameters(tenant, code, count)) for which, code in codes.items()}
        for name, text in cases.items()
    }


def _measure(bench: Bench, text: str, given: Row) -> Figures:
    times: list[float] = []
    rows = len(bench.run(text, **given))
    while len(times) < (RUNS if sum(times) < 3_000 else 1):
        began = time.perf_counter()
        bench.run(text, **given)
        times.append((time.perf_counter() - began) * 1_000)
    hits, plan = bench.profile(text, given)
    return {"ms": round(statistics.median(times), 2), "hits": hits, "rows": rows, "plan": plan}


def write_rates(bench: Bench, layout: Layout, tenant: str, first: int) -> Figures:
    """Resources a second with 8 values each: one a transaction, 32 a transaction, and 32 rewritten."""
    rows = list(observations(tenant, first, 5_000, values=8))
    statements = {"one": (layout.load, 1, 400), "32": (layout.load, 32, 1_600)}
    if layout.revise:
        statements["32 rewritten"] = (layout.revise, 32, 1_600)
    figures, at = {}, 0
    for name, (text, size, number) in statements.items():
        at = at if text == layout.load else 0
        figures[name] = _rate(bench, text, rows[at : at + number], size, tenant)
        at += number
    return figures


def _rate(bench: Bench, text: str, rows: list[Row], size: int, tenant: str) -> int:
    times = []
    for batch in _batches(rows, size):
        began = time.perf_counter()
        bench.run(text, rows=batch, kind=f"{tenant}|Observation")
        times.append((time.perf_counter() - began) / len(batch))
    return round(1 / statistics.median(times))


def alternate(bench: Bench, first: int) -> Figures:
    """Write rates of the variants in turns, so that a busy machine slows all alike; medians of the rounds."""
    found: dict[str, dict[str, list[int]]] = {name: {} for name in VARIANTS}
    for turn in range(ROUNDS):
        for name, (tenant, wanted) in VARIANTS.items():
            layout = LAYOUTS[tenant]
            for index, where in layout.extra.items():
                made = f"CREATE INDEX {index} IF NOT EXISTS {where}"
                bench.run(made if index in wanted else f"DROP INDEX {index} IF EXISTS")
            bench.run("CALL db.awaitIndexes(300)")
            rows = list(observations(tenant, first + turn * 10_000, 4_000, values=8))
            for size, number in ((1, 100), (32, 960), (1_000, 4_000)):
                rate = _rate(bench, layout.load, rows[:number], size, tenant)
                found[name].setdefault(str(size), []).append(rate)
    return {
        name: {size: round(statistics.median(rates)) for size, rates in sizes.items()}
        for name, sizes in found.items()
    }


def creations(bench: Bench) -> Figures:
    """Rows a second of CREATE with labels and types in the text against `$(…)`, by batch size."""
    rows = [{"serial": n, "label": "Observation", "edge": "SUBJECT"} for n in range(20_000)]
    for text in CREATIONS.values():  # warm the compiler of queries and of Java
        _rate(bench, text, rows, 32, "x")
    rates = {
        name: {
            str(size): _rate(bench, text, rows[: min(size * 200, 20_000)], size, "x")
            for size in (1, 32, 1_000)
        }
        for name, text in CREATIONS.items()
    }
    bench.run("MATCH (n:Thing) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS")
    return rates


def shapes(bench: Bench, tenant: str, count: int) -> Figures:
    """Hits and operators of the texts that the compiler may write on the rows, for the common code."""
    surnames = ("smith", "kim", "jones", "lee")
    rows = [{"serial": n, "value": f"{surnames[n % 4]}{n}"} for n in range(20_000)]
    bench.run(NAMES, rows=rows, name=f"{tenant}|Patient|name")
    given = parameters(tenant, COMMON, count) | {"name": f"{tenant}|Patient|name"}
    figures = {}
    for name, text in SHAPES.items():
        hits, plan = bench.profile(text, given)
        figures[name] = {"hits": hits, "plan": plan}
        _say(f"| {name} | {hits} hits | {' < '.join(plan)} |")
    return figures


def compare(bench: Bench, name: str, count: int) -> Figures:
    """Everything about one layout."""
    layout = LAYOUTS[name]
    figures: Figures = {"count": count}
    figures["load"] = load(bench, layout, name, count)
    _say(name, figures["load"])
    bench.run("CALL db.prepareForReplanning(60)")
    figures["cases"] = ask(bench, dict(layout.cases), name, count)
    _say_cases(name, figures["cases"])
    if name == "rows":
        figures["shapes"] = shapes(bench, name, count)
    figures["writes"] = write_rates(bench, layout, name, count)
    _say(name, figures["writes"])
    figures["indexes"] = {index: rebuild(bench, index, where) for index, where in layout.indexes.items()}
    _say(name, figures["indexes"])
    figures["extra"] = {}
    for number, (index, where) in enumerate(layout.extra.items(), start=1):
        built = rebuild(bench, index, where)
        cases = ask(bench, dict(EXTRA_CASES[index]), name, count)
        figures["extra"][index] = built | {
            "cases": cases,
            "writes": write_rates(bench, layout, name, count + number * 5_000),
        }
        _say_cases(f"{name} + {index}", cases)
        _say(f"{name} + {index}", built, figures["extra"][index]["writes"])
    return figures


def _say(*what: object) -> None:
    print(*what, flush=True)


def _say_cases(name: str, cases: Figures) -> None:
    for case, by_code in cases.items():
        cells = " | ".join(
            f"{cell['ms']} ms, {cell['hits']} hits, {cell['rows']}" for cell in by_code.values()
        )
        _say(f"| {name} | {case} | {cells} |")


def main() -> None:
    """Compare the layouts that are asked for and keep the figures as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--uri", required=True)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--layouts", nargs="+", choices=LAYOUTS, default=list(LAYOUTS))
    parser.add_argument("--alternate", action="store_true", help="then write rows and edges in turns")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    user, _, password = os.environ.get("NEO4J_AUTH", "").partition("/")
    auth = (user, password) if user else None
    with GraphDatabase.driver(options.uri, auth=auth, notifications_min_severity="OFF") as driver:
        bench = Bench(driver, options.store)
        figures: Figures = {"creations": creations(bench)}
        _say(figures["creations"])
        for name in options.layouts:
            figures[name] = compare(bench, name, options.count)
            if options.out:
                options.out.write_text(json.dumps(figures, indent=1), encoding="utf-8")
        if options.alternate:
            _say(alternate(bench, options.count * 2))


if __name__ == "__main__":
    main()
