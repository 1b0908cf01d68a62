#!/bin/sh
# Neo4j Python driver 6.4.1: Record.data() walks a bytes value one byte at a time.
#
# Expected: bytes are one value of the Bolt protocol, and dict(record) and record.data() hand them over
#   alike; data() is there to turn nodes, relationships and paths into plain dictionaries, which bytes are
#   not.
# Happens:  the transformer takes every collections.abc.Sequence but str for a container, so it builds a
#   list of an int per byte through a recursive call each, and joins it to bytes again. The value is right,
#   the time is not.
# Seen with neo4j 6.4.1, one record with one megabyte (no server is needed to show it):
#   dict(record): 0.00001 s, record.data(): 2.3 s; values equal: True
# Meaning: pixel data, thumbnails, certificates or hashes kept as byte properties make Result.data() seconds
#   slow, with one processor busy inside the driver, and profiles blame the database.
# Way round: dict(record) or record["name"] for results that may hold bytes; data() for graph values only.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check neo4j==6.4.1
"$work/venv/bin/python" - <<'PY'
import time
import neo4j

print("neo4j", neo4j.__version__)
record = neo4j.Record({"pixels": bytes(1_000_000)})


def timed(read):
    start = time.perf_counter()
    value = read(record)
    return value, time.perf_counter() - start


plain, quick = timed(dict)
walked, slow = timed(neo4j.Record.data)
print(f"dict(record): {quick:.5f} s, record.data(): {slow:.3f} s; values equal: {plain == walked}")
as_stated = plain == walked and slow > 1000 * quick and slow > 0.1
raise SystemExit(None if as_stated else "CHANGED: data() no longer walks the bytes")
PY
