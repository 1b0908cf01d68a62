"""Decoders of other code bases, in a process of their own: GDCM ends its process on some valid frames."""

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import UID

from app.imaging.render.description import PixelDescription

SECOND_READER = {  # the plugin of pydicom that is not the code base we decode with
    "1.2.840.10008.1.2.5": "pydicom",
    "1.2.840.10008.1.2.4.50": "gdcm",
    "1.2.840.10008.1.2.4.57": "gdcm",
    "1.2.840.10008.1.2.4.70": "gdcm",
    "1.2.840.10008.1.2.4.80": "gdcm",
    "1.2.840.10008.1.2.4.81": "gdcm",
    "1.2.840.10008.1.2.4.90": "gdcm",
    "1.2.840.10008.1.2.4.91": "gdcm",
    "1.2.840.10008.1.2.4.201": "pylibjpeg",
    "1.2.840.10008.1.2.4.202": "pylibjpeg",
    "1.2.840.10008.1.2.4.203": "pylibjpeg",
}


_MOST_DEATHS = 3  # a new process takes a second
_CONVERTED = "1.2.840.10008.1.2.4.50"


class AnotherReader:
    """Reads frames in a process that may die of one."""

    def __init__(self) -> None:
        self._process = _process()
        self._deaths = 0

    def read(self, data: bytes, pixels: PixelDescription) -> NDArray[Any] | None:
        """The stored values of a frame as somebody else reads them; None where they cannot."""
        if self._deaths >= _MOST_DEATHS:
            return None
        try:
            return self._process.submit(_read, data, pixels).result()
        except BrokenProcessPool:
            self._process = _process()
            self._deaths += 1
            return None
        except (RuntimeError, ValueError, NotImplementedError):
            return None

    def close(self) -> None:
        """End the process."""
        self._process.shutdown()


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def _read(data: bytes, pixels: PixelDescription) -> NDArray[Any]:
    uid = UID(pixels.transfer_syntax_uid)
    decoder = get_decoder(uid)
    values, _ = decoder.as_array(
        _instance(data, pixels), index=0, raw=uid != _CONVERTED, decoding_plugin=SECOND_READER[uid]
    )
    return values


def _instance(data: bytes, pixels: PixelDescription) -> Dataset:
    dataset = Dataset()
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = pixels.rows, pixels.columns, pixels.samples
    dataset.BitsAllocated, dataset.BitsStored = pixels.bits_allocated, pixels.bits_stored
    dataset.HighBit, dataset.PixelRepresentation = pixels.high_bit, int(pixels.signed)
    dataset.PhotometricInterpretation = pixels.photometric
    if pixels.samples > 1:
        dataset.PlanarConfiguration = 0
    dataset.PixelData = encapsulate([data])
    dataset["PixelData"].VR = "OB"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(pixels.transfer_syntax_uid)
    return dataset
