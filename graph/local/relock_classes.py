"""Keep a new list of Neo4j's classes: `make relock-classes` (for developers who raised RELEASE).

The tests' own Neo4j writes down what it loads (`HILUM_TEST_JAVA`); this keeps what Java can read again.
"""

import sys
from pathlib import Path

from graph.local.class_archive import CLASS_LIST, recorded


def main(arguments: list[str]) -> None:
    """Keep the list in the file that is named."""
    lines = Path(arguments[0]).read_text(encoding="utf-8").splitlines()
    CLASS_LIST.write_bytes(recorded(lines))
    sys.stdout.write(f"{len(lines)} lines: {CLASS_LIST.name}, {CLASS_LIST.stat().st_size >> 10} KB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
