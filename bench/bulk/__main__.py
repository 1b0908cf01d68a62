"""`python -m bench.bulk PEOPLE HOME`: make a home folder whose graph holds so many people.

What is in HOME/neo4j is replaced. `hilum up --no-samples` starts with it, under `HILUM_HOME=HOME`.
"""

import argparse
import os
import time
from pathlib import Path

from app.cli.graph_access import local_server, provisioned
from app.cli.screen import Screen
from app.config import Config
from bench.bulk.loading import load


def main() -> None:
    """Read the command line and load."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk")
    parser.add_argument("people", type=int)
    parser.add_argument("home", type=Path)
    parser.add_argument("--seed", type=int, default=7, help="another one draws other people")
    asked = parser.parse_args()
    config = Config.from_env({**os.environ, "HILUM_HOME": str(asked.home.absolute())})
    server = local_server(config, provisioned(config, Screen()))
    began = time.perf_counter()
    load(config, server, asked.people, asked.seed, _say)
    _say(f"all in {time.perf_counter() - began:.0f} s")


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
