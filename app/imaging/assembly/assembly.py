"""The parts of one request to store metadata and bulk data (PS3.18 10.5.1.4), until they are files.

Bulk data lies in files of its own until the request is done: memory holds the metadata and one chunk. The
metadata may come before, after or between. A file is put together when it is stored, in Explicit VR Little
Endian, or in the transfer syntax of its compressed pixels.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.blobs import BlobStore, Upload
from app.imaging.assembly.compressed import (
    EXPLICIT_LITTLE,
    OCTETS,
    PHOTOGRAPHS,
    PixelPart,
    described,
    encapsulated,
    photograph_description,
    pixel_description,
    pixel_syntax,
)
from app.imaging.assembly.encoding import (
    CHARACTER_SET,
    UTF_8,
    Encoder,
    header,
    padding,
)
from app.imaging.render.renderers import Renderers
from app.imaging.render.tasks import Develop
from app.imaging.store.elements import PIXEL_DATA
from app.imaging.store.part10 import valid_uid, written_beginning
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import syntax_of
from graph.errors import NotAcceptable, TooLarge
from graph.scope import AccessScope

_CHUNK = 1 << 20
_MOST_INSIDE = 32 << 20  # bytes of bulk data in sequences of one instance, which are held in memory
_SOP_CLASS, _SOP_INSTANCE = "00080016", "00080018"


@dataclass(frozen=True, slots=True)
class _Bulk:
    """One part of bulk data in its file: its media type, and the transfer syntax where it names one."""

    upload: Upload
    media_type: str
    transfer_syntax: str | None
    description: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self.upload.fileno(), length, offset)

    def chunks(self) -> Iterator[bytes]:
        for offset in range(0, self.upload.size, _CHUNK):
            yield self.read(offset, _CHUNK)

    def pixels(self) -> PixelPart:
        size = self.upload.size
        return PixelPart(
            self.media_type, self.transfer_syntax, size, self.read, self.chunks, self.description
        )


class Assemblies:
    """Begins assemblies, for whoever may store.

    `longest` is the largest part in bytes, `most` what all files of a request may be together: one part of
    bulk data may be named by any number of instances. The renderers read photographs.
    """

    def __init__(
        self,
        blobs: BlobStore,
        new_blob_id: Callable[[], str],
        renderers: Renderers,
        *,
        longest: int,
        most: int,
    ) -> None:
        self._blobs, self._new_blob_id, self._renderers = blobs, new_blob_id, renderers
        self._longest, self._most = longest, most

    def begin(self, scope: AccessScope) -> "Assembly":
        """The assembly of one request, empty."""
        scope.require("imaging.store")
        return Assembly(
            self._blobs, self._new_blob_id, self._renderers, longest=self._longest, most=self._most
        )


class Assembly:
    """Takes the bulk data of one request and gives the files of its instances; a context manager."""

    def __init__(
        self,
        blobs: BlobStore,
        new_blob_id: Callable[[], str],
        renderers: Renderers,
        *,
        longest: int,
        most: int,
    ) -> None:
        self._blobs, self._new_blob_id, self._renderers = blobs, new_blob_id, renderers
        self._longest = longest
        self._most = self._left = most
        self._bulk: dict[str, list[_Bulk]] = {}
        self._developed: dict[str, list[_Bulk]] = {}

    def take(
        self, location: str, media_type: str, transfer_syntax: str | None, chunks: Iterable[bytes]
    ) -> None:
        """Keep a part of bulk data under its Content-Location; several of one place are the frames there.

        Raises `TooLarge` beyond the size of an instance, and `StorageFull` or `Unavailable` as a blob does.
        """
        upload = self._blobs.begin(self._new_blob_id())
        self._bulk.setdefault(location, []).append(_Bulk(upload, media_type, transfer_syntax))
        for chunk in chunks:
            upload.write(chunk)
            if upload.size > self._longest:
                raise TooLarge(f"a part is larger than {self._longest} bytes", location="body")

    def files(self, datasets: Iterable[Any]) -> Iterator[Iterator[bytes]]:
        """The file of each instance, as chunks, of DICOM JSON objects.

        What is wrong is `Refused` in them; raises `TooLarge` where the files together are.
        """
        return (self._file(each) for each in datasets)

    def __enter__(self) -> "Assembly":
        return self

    def __exit__(self, *_: object) -> None:
        for parts in (*self._bulk.values(), *self._developed.values()):
            for part in parts:
                part.upload.discard()
        self._bulk, self._developed = {}, {}

    def _file(self, dataset: Any) -> Iterator[bytes]:
        """The chunks of one file.

        Raises `Refused` with the instance's UIDs, `TooLarge` where the files together are.
        """
        try:
            for chunk in self._written(dataset):
                self._left -= len(chunk)
                if self._left < 0:
                    raise TooLarge(f"the instances are larger than {self._most} bytes", location="body")
                yield chunk
        except Refused as refused:
            refused.sop_class_uid, refused.sop_uid = _uid(dataset, _SOP_CLASS), _uid(dataset, _SOP_INSTANCE)
            raise

    def _written(self, dataset: Any) -> Iterator[bytes]:
        encoder = Encoder(self._inside())
        elements = dict(encoder.elements(dataset))
        pixels = self._pixels(elements)
        syntax = pixel_syntax(pixels) if pixels else EXPLICIT_LITTLE
        if pixels and syntax_of(syntax).encapsulated:
            elements = dict(sorted({**pixel_description(pixels[0]), **elements}.items()))
        elif pixels and (found := described(pixels)):
            words = {
                PIXEL_DATA: {**elements[PIXEL_DATA], "vr": "OW"}
            }  # of bits in words or in bytes (PS3.5 A.2)
            elements = dict(sorted({**elements, **found, **words}.items()))
        written = {
            tag: b"" if "BulkDataURI" in entry else encoder.element(tag, entry)
            for tag, entry in elements.items()
        }
        if encoder.beyond_ascii:
            written[CHARACTER_SET] = encoder.element(CHARACTER_SET, {"vr": "CS", "Value": [UTF_8]})
        yield written_beginning(_uid(dataset, _SOP_CLASS), _uid(dataset, _SOP_INSTANCE), syntax)
        for tag in sorted(written):
            if written[tag]:
                yield written[tag]
            elif tag == PIXEL_DATA and syntax_of(syntax).encapsulated:
                yield from encapsulated(pixels)
            else:
                yield from self._apart(tag, elements[tag])

    def _inside(self) -> Callable[[int, str], bytes]:
        """What reads bulk data inside sequences, up to a number of bytes."""
        left = _MOST_INSIDE

        def read(tag: int, address: str) -> bytes:
            nonlocal left
            (part,) = self._named(tag, address)[:1]
            left -= part.upload.size
            if left < 0:
                raise Refused("The sequences hold too much bulk data.", tag=tag)
            return part.read(0, part.upload.size)

        return read

    def _pixels(self, elements: Mapping[int, Mapping[str, Any]]) -> list[PixelPart]:
        """The parts of the pixel data; none where it is not there, or in the metadata itself."""
        entry = elements.get(PIXEL_DATA)
        if entry is None or "BulkDataURI" not in entry:
            return []
        return [each.pixels() for each in self._plain(entry["BulkDataURI"])]

    def _plain(self, address: Any) -> list[_Bulk]:
        """The parts of pixel data at an address, photographs that no transfer syntax keeps developed."""
        parts = self._named(PIXEL_DATA, address)
        if not any(each.media_type in PHOTOGRAPHS for each in parts):
            return parts
        if address not in self._developed:
            found = self._developed[address] = []
            for each in parts:
                found.append(self._develop(each))
        return self._developed[address]

    def _develop(self, photograph: _Bulk) -> _Bulk:
        """A photograph as plain pixels in a file of their own; raises `Refused`."""
        upload = self._blobs.begin(self._new_blob_id())
        try:
            with os.fdopen(os.dup(photograph.upload.fileno()), "rb") as file:
                made = self._renderers.ask(Develop(media_type=photograph.media_type), file)
            head, _ = made.lengths
            told = b"".join(made.between(0, head))
            for chunk in made.between(head, sum(made.lengths)):
                upload.write(chunk)
        except NotAcceptable as refused:
            upload.discard()
            raise Refused(f"The photograph cannot be read: {refused.message}.", tag=PIXEL_DATA) from None
        except BaseException:
            upload.discard()
            raise
        return _Bulk(upload, OCTETS, None, photograph_description(told))

    def _apart(self, tag: int, entry: Mapping[str, Any]) -> Iterator[bytes]:
        """An element whose value is bulk data, as it lies in its file."""
        address = entry["BulkDataURI"]
        parts = self._plain(address) if tag == PIXEL_DATA else self._named(tag, address)
        size = sum(part.upload.size for part in parts)
        end = padding(entry["vr"], size)
        yield header(tag, entry["vr"], size + len(end))
        for part in parts:
            yield from part.chunks()
        yield end

    def _named(self, tag: int, address: Any) -> list[_Bulk]:
        found = self._bulk.get(address) if isinstance(address, str) else None
        if not found:
            raise Refused("The bulk data is not in the request.", tag=tag)
        return found


def _uid(dataset: Any, tag: str) -> str:
    """The UID of an attribute; empty where it is none."""
    entry = dataset.get(tag) if isinstance(dataset, Mapping) else None
    values = entry.get("Value") if isinstance(entry, Mapping) else None
    if not isinstance(values, list) or not values or not isinstance(values[0], str):
        return ""
    return valid_uid(values[0].encode("ascii", "replace")) or ""
