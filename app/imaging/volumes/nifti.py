"""NIfTI-1 files (nifti.nimh.nih.gov/nifti-1): a header of 348 bytes, and values in the order of Fortran."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from app.imaging.volumes.faults import NoVolume

_HEADER = 348
_DATA_AT = 352
_MAGIC = b"n+1\0"
_TYPES: Mapping[int, str] = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8",
}  # fmt: skip
_LAYOUT = numpy.dtype(
    [
        ("sizeof_hdr", "<i4"), ("data_type", "S10"), ("db_name", "S18"), ("extents", "<i4"),
        ("session_error", "<i2"), ("regular", "S1"), ("dim_info", "u1"), ("dim", "<i2", 8),
        ("intent_p", "<f4", 3), ("intent_code", "<i2"), ("datatype", "<i2"), ("bitpix", "<i2"),
        ("slice_start", "<i2"), ("pixdim", "<f4", 8), ("vox_offset", "<f4"), ("scl_slope", "<f4"),
        ("scl_inter", "<f4"), ("slice_end", "<i2"), ("slice_code", "u1"), ("xyzt_units", "u1"),
        ("cal_max", "<f4"), ("cal_min", "<f4"), ("slice_duration", "<f4"), ("toffset", "<f4"),
        ("glmax", "<i4"), ("glmin", "<i4"), ("descrip", "S80"), ("aux_file", "S24"), ("qform_code", "<i2"),
        ("sform_code", "<i2"), ("quaternion", "<f4", 6), ("srow", "<f4", (3, 4)), ("intent_name", "S16"),
        ("magic", "S4"),
    ]
)  # fmt: skip
_TEXTS = ("data_type", "db_name", "descrip", "aux_file", "intent_name")
_FEWEST, _MOST_DIMENSIONS = 3, 4


@dataclass(frozen=True, slots=True)
class NiftiVolume:
    """A volume that was read: stored values by column, row, slice and time, and what makes values of them."""

    header: NDArray[Any]
    stored: NDArray[Any]
    affine: NDArray[numpy.float64]
    slope: float
    intercept: float

    def bare(self) -> bytes:
        """The file anew, without the texts of its header and without extensions, where anything may stand."""
        header = self.header.copy()
        for name in _TEXTS:
            header[name] = b""
        header["vox_offset"] = _DATA_AT
        return bytes(header.tobytes()) + b"\0\0\0\0" + self.stored.tobytes(order="F")


def read_nifti(data: bytes) -> NiftiVolume:
    """Read a file of one volume, or of several times; raises `NoVolume` for what is none."""
    if len(data) < _DATA_AT:
        raise NoVolume("the converter wrote no volume")
    header = numpy.frombuffer(data[:_HEADER], _LAYOUT)[0]
    shape = [int(each) for each in header["dim"][1 : 1 + _MOST_DIMENSIONS]]
    dimensions = int(header["dim"][0])
    kind = _TYPES.get(int(header["datatype"]))
    if header["sizeof_hdr"] != _HEADER or not data[_HEADER - 4 : _HEADER] == _MAGIC or kind is None:
        raise NoVolume("the converter wrote no volume of numbers")
    if not _FEWEST <= dimensions <= _MOST_DIMENSIONS or header["sform_code"] <= 0:
        raise NoVolume("the converter does not say where its volume is")
    whole = [each if number < dimensions else 1 for number, each in enumerate(shape)]
    start, count = int(header["vox_offset"]), int(numpy.prod(whole))
    values = numpy.dtype(kind).newbyteorder("<")
    if min(whole) < 1 or start < _DATA_AT or len(data) != start + count * values.itemsize:
        raise NoVolume("the converter wrote a volume of another size than it says")
    stored = numpy.frombuffer(data, values, count, start).reshape(whole, order="F")
    affine = numpy.vstack([header["srow"].astype(numpy.float64), [0, 0, 0, 1]])
    slope = float(header["scl_slope"])
    scaled = slope != 0 and numpy.isfinite(slope)
    return NiftiVolume(
        header, stored, affine, slope if scaled else 1.0, float(header["scl_inter"]) if scaled else 0.0
    )
