"""`python -m bench [SUITE] …`: measure a running gateway, by the suites of the table below or some of them.

`python -m bench plain_words …` judges answers instead, in a graph of its own (bench/plain_words.py).

The gateway is the one of this folder (`HILUM_HOME`, `HILUM_PORT`), with its defaults: rights, audit and fsync
on. The clients run on the same machine and take their share of its cores. Each row is a median of its rounds.
"""

import sys
from collections.abc import Callable, Iterator, Sequence

from bench import cohorts, dicomweb, feedback, fhir, glance, pictures, plain_words, rights, viewer, worklist
from bench.clients import Gateway
from bench.rows import Measured

SUITES: dict[str, Callable[[Gateway], Iterator[Measured]]] = {
    "cohorts": cohorts.rows,
    "dicomweb": dicomweb.rows,
    "fhir": fhir.rows,
    "glance": glance.rows,
    "pictures": pictures.rows,
    "rights": rights.rows,
    "viewer": viewer.rows,
    "feedback": feedback.rows,
    "worklist": worklist.rows,
}

ALONE: dict[str, Callable[[Sequence[str]], None]] = {"plain_words": plain_words.main}
"""What needs no running gateway, with arguments of its own."""


def main(names: list[str]) -> None:
    """Measure the named suites, or all."""
    if names and names[0] in ALONE:
        ALONE[names[0]](names[1:])
        return
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        raise SystemExit(f"no such suite: {', '.join(unknown)}; there are {', '.join([*SUITES, *ALONE])}")
    gateway = Gateway.running()
    print("| what | clients | median | slowest tenth |")
    print("|---|---|---|---|")
    for name in names or SUITES:
        for row in SUITES[name](gateway):
            print(row.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
