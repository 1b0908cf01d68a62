"""Makes a dictionary of folders of resources: `python -m graph.packing.training NUMBER FOLDER...`.

Number 1000001 was made of HL7's examples of R4 (npm hl7.fhir.r4.examples 4.0.1) and 300 patients of Synthea
3.3.0. A dictionary that texts were packed with must stay as it is: a better one gets a new number.
"""

import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import zstandard

SIZE = 64 << 10  # bytes; of 110 KiB texts are hardly smaller
MOST_OF_A_TYPE = 150  # of each folder
LONGEST = 12_000  # bytes of a text that is learned from
_META = {"versionId": "1", "lastUpdated": "2026-01-01T00:00:00.000000+00:00"}


def trained(number: int, folders: list[Path]) -> bytes:
    """Return a dictionary of the resources in folders, the same for the same resources."""
    texts: list[Any] = [text for folder in folders for text in _chosen(folder)]
    random.Random(number).shuffle(texts)  # noqa: S311 - any order that is always the same
    return zstandard.train_dictionary(SIZE, texts, dict_id=number).as_bytes()


def _chosen(folder: Path) -> Iterator[bytes]:
    by_type: defaultdict[str, list[bytes]] = defaultdict(list)
    for file in sorted(folder.rglob("*.json")):
        for resource in _resources(orjson.loads(file.read_bytes())):
            text = orjson.dumps({**resource, "meta": {**resource.get("meta", {}), **_META}})
            if len(text) <= LONGEST:
                by_type[resource["resourceType"]].append(text)
    for texts in by_type.values():
        yield from texts[:: max(1, len(texts) // MOST_OF_A_TYPE)]


def _resources(document: Any) -> Iterator[dict[str, Any]]:
    """The resources of a file: those of its entries where it is a bundle."""
    if not isinstance(document, dict) or "resourceType" not in document:
        return
    if document["resourceType"] != "Bundle":
        yield document
    for entry in document.get("entry", ()) if document["resourceType"] == "Bundle" else ():
        yield from _resources(entry.get("resource"))


if __name__ == "__main__":
    asked, *named = sys.argv[1:]
    Path(__file__).with_name(f"{asked}.dictionary").write_bytes(trained(int(asked), list(map(Path, named))))
