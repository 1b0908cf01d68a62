"""`python -m bench [SUITE] …`: measure a running gateway, by the suites of the table below or some of them.

The gateway is the one of this folder (`HILUM_HOME`, `HILUM_PORT`), with its defaults: rights, audit and fsync
on. The clients run on the same machine and take their share of its cores. Each row is a median of its rounds.
"""

import sys
from collections.abc import Callable, Iterator

from bench import dicomweb, feedback, fhir, glance, pictures, rights, viewer, worklist
from bench.clients import Gateway
from bench.rows import Measured

SUITES: dict[str, Callable[[Gateway], Iterator[Measured]]] = {
    "dicomweb": dicomweb.rows,
    "fhir": fhir.rows,
    "glance": glance.rows,
    "pictures": pictures.rows,
    "rights": rights.rows,
    "viewer": viewer.rows,
    "feedback": feedback.rows,
    "worklist": worklist.rows,
}


def main(names: list[str]) -> None:
    """Measure the named suites, or all."""
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        raise SystemExit(f"no such suite: {', '.join(unknown)}; there are {', '.join(SUITES)}")
    gateway = Gateway.running()
    print("| what | clients | median | slowest tenth |")
    print("|---|---|---|---|")
    for name in names or SUITES:
        for row in SUITES[name](gateway):
            print(row.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
