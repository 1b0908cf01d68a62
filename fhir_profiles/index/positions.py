"""Positions on the earth, and what is near one (FHIR R4 location.html#search, `near`).

A position is kept as one row, its latitude as `low` and its longitude as `high`, in degrees of WGS 84.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from fhir_profiles.index.asked import Asked, AskedPlace, Asking, UnreadableValue
from fhir_profiles.index.escaping import split_on
from fhir_profiles.index.kept import Converter, KeptRows

_LATITUDES, _LONGITUDES = (-90.0, 90.0), (-180.0, 180.0)
_USUAL_METRES = 50_000.0  # where no distance is asked for, which is then the server's to choose
_FARTHEST = 20_100_000.0  # half way round the earth: whatever is asked beyond that is everywhere
_METRES: Mapping[str, float] = {  # UCUM codes, and what clients write for them
    "": 1_000.0,
    "km": 1_000.0,
    "m": 1.0,
    "cm": 0.01,
    "[mi_i]": 1_609.344,
    "[mi_us]": 1_609.347_218_694,
    "mi": 1_609.344,
    "[nmi_i]": 1_852.0,
    "[ft_i]": 0.3048,
    "[yd_i]": 0.9144,
}
_MOST_PARTS = 4


def _position(rows: KeptRows, param: str, value: Any, _: str) -> None:
    latitude, longitude = value.get("latitude"), value.get("longitude")
    if _lies(latitude, _LATITUDES) and _lies(longitude, _LONGITUDES):
        rows.span(param, float(latitude), float(longitude))


def _lies(value: Any, limits: tuple[float, float]) -> bool:
    return isinstance(value, int | float) and limits[0] <= value <= limits[1]


KEPT: Mapping[str, Converter] = {"Location.position": _position}


def asked(asking: Asking, text: str) -> Asked:
    """Read `latitude|longitude[|distance[|unit]]`; without a unit the distance is in kilometres.

    Raises `UnreadableValue`.
    """
    parts = split_on(text, "|")
    latitude, longitude, distance, unit = (*parts, *("",) * _MOST_PARTS)[:_MOST_PARTS]
    if len(parts) > _MOST_PARTS or unit not in _METRES:
        raise UnreadableValue("near is latitude|longitude[|distance[|unit]], the unit one of km, m, [mi_us]")
    metres = _number(distance) * _METRES[unit] if distance else _USUAL_METRES
    place = AskedPlace(asking.name, _number(latitude), _number(longitude), min(metres, _FARTHEST))
    if not (_lies(place.latitude, _LATITUDES) and _lies(place.longitude, _LONGITUDES)) or metres < 0:
        raise UnreadableValue("there is no such place: a latitude is within 90, a longitude within 180")
    return place


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        raise UnreadableValue("latitude, longitude and distance are numbers") from None
    if not isfinite(found):
        raise UnreadableValue("latitude, longitude and distance are numbers")
    return found
