"""A whole answer as a FHIR Bundle: the patients who match and their rows, each as its text is served."""

from collections.abc import Iterator, Sequence

import orjson

from app.cohorts.answers.files.scratch import ScratchFile
from app.cohorts.evaluation.charts import Charts

_AT_ONCE = 500
_HEAD = b'{"resourceType":"Bundle","type":"collection"'


class CollectionWriter:
    """Writes entries one after the other; a resource stands once. `base` is where the FHIR server is."""

    def __init__(self, file: ScratchFile, base: str) -> None:
        self._file = file
        self._base = base
        self._written = set[str]()
        file.write(_HEAD)

    def write(self, charts: Charts, keys: Sequence[str]) -> None:
        """Write the current resources of some keys, as far as the caller may see them."""
        fresh = [key for key in dict.fromkeys(keys) if key not in self._written]
        for start in range(0, len(fresh), _AT_ONCE):
            for entry in self._entries(charts, fresh[start : start + _AT_ONCE]):
                self._file.write(entry)

    def end(self) -> None:
        """Write what ends the Bundle."""
        self._file.write(b"]}" if self._written else b"}")

    def _entries(self, charts: Charts, keys: Sequence[str]) -> Iterator[bytes]:
        for each in charts.resources.bodies(charts.scope, keys):
            if each.deleted:
                continue
            yield b"," if self._written else b',"entry":['
            self._written.add(each.key)
            address = f"{self._base}/{each.resource_type}/{each.resource_id}"
            yield b"".join((b'{"fullUrl":', orjson.dumps(address), b',"resource":', each.body, b"}"))
