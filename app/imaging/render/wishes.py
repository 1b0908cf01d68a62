"""How somebody wants a picture to be, and how the parameters of a query say it (PS3.18 8.3.5, 9.1.2.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydicom import Dataset

from app.imaging.render.windows import LINEAR, LINEAR_EXACT, SIGMOID, GreyWindow
from graph.errors import Invalid

MOST_PIXELS_A_SIDE = 8192
BEST_QUALITY = 100
JPEG, PNG, GIF, WEBP, JP2 = "image/jpeg", "image/png", "image/gif", "image/webp", "image/jp2"
CARRY_PROFILES = frozenset({JPEG, PNG, WEBP})
PATIENT, TECHNIQUE = "patient", "technique"
NO_PROFILE, OWN_PROFILE = "no", "yes"
PROFILES = (NO_PROFILE, OWN_PROFILE, "srgb", "adobergb", "rommrgb")
RENDERING = ("viewport", "window", "quality", "annotation", "iccprofile", "overlays")
_FUNCTIONS = MappingProxyType({"linear": LINEAR, "linear-exact": LINEAR_EXACT, "sigmoid": SIGMOID})
_DECIMAL = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", re.ASCII)
_WHOLE = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_KEYWORD = re.compile(r"[A-Za-z][\w.-]{0,63}", re.ASCII)
_SIDES, _REGION = 2, 4
_WINDOW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewport:
    """The size that a picture is to fit into, and the region of the source that is shown.

    Without a `width` or a `height` that side is as long as the other makes it. `left`, `top`, `across` and
    `down` are in pixels of the source, or in shares of its sides where `relative`; None is all there is. A
    negative `across` or `down` flips the picture.
    """

    width: int | None = None
    height: int | None = None
    left: float = 0
    top: float = 0
    across: float | None = None
    down: float | None = None
    relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a picture is to look like; what is not said is as the header says.

    `quality` is 1 to 100, the best. `annotation` holds what is written into the picture, `unheeded` what was
    asked for and is not known. `iccprofile` is None where nobody asked. `presentation` is a presentation
    state that is applied in place of what the header says of display.
    """

    media_type: str = JPEG
    quality: int = BEST_QUALITY
    viewport: Viewport | None = None
    window: GreyWindow | None = None
    annotation: frozenset[str] = frozenset()
    unheeded: tuple[str, ...] = ()
    iccprofile: str | None = None
    overlays: bool = False
    presentation: Dataset | None = None


def read_wish(
    parameters: Mapping[str, str],
    media_type: str,
    *,
    thumbnail: bool = False,
    presented: bool = False,
) -> Wish:
    """Read the parameters of a rendered resource (PS3.18 8.3.5); others are not looked at.

    A thumbnail has no more than a viewport; `presented`: under a presentation state. Raises `Invalid`, which
    names the parameter.
    """
    viewport = parameters.get("viewport")
    cropped = not thumbnail and not presented
    seen = read_viewport(viewport, cropped=cropped) if viewport is not None else None
    if thumbnail:
        return Wish(media_type=media_type, viewport=seen)
    if "window" in parameters and presented:
        raise Invalid("A presentation state has a window of its own (PS3.18 8.3.5.1.4).", location="window")
    annotation = read_annotation(parameters["annotation"]) if "annotation" in parameters else ()
    return Wish(
        media_type=media_type,
        quality=read_quality(parameters.get("quality", str(BEST_QUALITY))),
        viewport=seen,
        window=read_window_parameter(parameters["window"]) if "window" in parameters else None,
        annotation=frozenset(annotation) & {PATIENT, TECHNIQUE},
        unheeded=tuple(word for word in annotation if word not in (PATIENT, TECHNIQUE)),
        iccprofile=_profile(parameters.get("iccprofile"), media_type),
        overlays=_overlays(parameters.get("overlays")),
    )


def read_uri_wish(parameters: Mapping[str, str], media_type: str, *, presented: bool = False) -> Wish:
    """Read the parameters of a URI request (PS3.18 9.5.1.2), perhaps under a presentation state.

    Raises `Invalid`, which names the parameter.
    """
    for name in ("region", "windowCenter", "windowWidth"):
        if name in parameters and presented:
            raise Invalid("It does not go with a presentation state.", location=name)
    annotation = read_annotation(parameters["annotation"]) if "annotation" in parameters else ()
    return Wish(
        media_type=media_type,
        quality=read_quality(parameters.get("imageQuality", str(BEST_QUALITY)), "imageQuality"),
        viewport=_uri_viewport(parameters),
        window=_uri_window(parameters),
        annotation=frozenset(annotation) & {PATIENT, TECHNIQUE},
        unheeded=tuple(word for word in annotation if word not in (PATIENT, TECHNIQUE)),
        iccprofile=_profile(parameters.get("iccprofile"), media_type),
    )


def read_quality(text: str, name: str = "quality") -> int:
    """Read a quality of 1 to 100 (PS3.18 8.3.5.1.2); raises `Invalid`."""
    if not _WHOLE.fullmatch(text) or int(text) > BEST_QUALITY:
        raise Invalid(f"{name} is a whole number from 1 to {BEST_QUALITY}.", location=name)
    return int(text)


def read_viewport(text: str, *, cropped: bool = True) -> Viewport:
    """Read `vw,vh[,[sx],[sy],[sw],[sh]]` (PS3.18 8.3.5.1.3); raises `Invalid`."""
    parts = text.split(",")
    if len(parts) == _SIDES:
        return Viewport(width=_side(parts[0], "viewport"), height=_side(parts[1], "viewport"))
    if not cropped:
        raise Invalid("Here a viewport is a width and a height, and no more.", location="viewport")
    if not _SIDES < len(parts) <= _SIDES + _REGION:
        raise Invalid("A viewport is vw,vh or vw,vh,sx,sy,sw,sh.", location="viewport")
    # What is not said at the end is left out with its commas, in between the commas stay.
    region = [*parts[_SIDES:], *[""] * (_SIDES + _REGION - len(parts))]
    left, top, across, down = (_decimal(part, "viewport") if part else None for part in region)
    if 0 in (across, down):
        raise Invalid("A region of the source is wider and higher than nothing.", location="viewport")
    return Viewport(
        width=_side(parts[0], "viewport"),
        height=_side(parts[1], "viewport"),
        left=abs(left or 0),
        top=abs(top or 0),
        across=across,
        down=down,
    )


def read_window_parameter(text: str) -> GreyWindow:
    """Read `center,width,function` (PS3.18 8.3.5.1.4); raises `Invalid`."""
    parts = text.split(",")
    if len(parts) != _WINDOW or parts[2] not in _FUNCTIONS:
        known = ", ".join(_FUNCTIONS)
        raise Invalid(
            f"A window is center,width,function; the function is one of {known}.", location="window"
        )
    window = GreyWindow(_decimal(parts[0], "window"), _decimal(parts[1], "window"), _FUNCTIONS[parts[2]])
    return _checked(window, "window")


def read_annotation(text: str) -> tuple[str, ...]:
    """Read the keywords of an annotation, known or not (PS3.18 8.3.5.1.1); raises `Invalid`."""
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    if not all(_KEYWORD.fullmatch(word) for word in words):
        raise Invalid("An annotation is patient, technique or both, with a comma.", location="annotation")
    return words


def _profile(text: str | None, media_type: str) -> str | None:
    """PS3.18 8.3.5.1.5; a media type that holds no profile takes no other value than no."""
    if text is None:
        return None
    if text not in PROFILES:
        raise Invalid(f"An iccprofile is one of {', '.join(PROFILES)}.", location="iccprofile")
    if text != NO_PROFILE and media_type not in CARRY_PROFILES:
        raise Invalid("This media type holds no ICC profile.", location="iccprofile")
    return text


def _overlays(text: str | None) -> bool:
    """A parameter of this server, which the standard leaves room for (PS3.18 8.3.1): overlays burnt in."""
    if text not in (None, "yes", "no"):
        raise Invalid("overlays is yes or no.", location="overlays")
    return text == "yes"


def _uri_viewport(parameters: Mapping[str, str]) -> Viewport | None:
    width, height = (
        _side(parameters[name], name) if name in parameters else None for name in ("columns", "rows")
    )
    if "region" not in parameters:
        return Viewport(width=width, height=height) if width or height else None
    parts = [_decimal(part, "region") for part in parameters["region"].split(",")]
    if len(parts) != _REGION or not (0 <= parts[0] < parts[2] <= 1 and 0 <= parts[1] < parts[3] <= 1):
        raise Invalid("A region is xmin,ymin,xmax,ymax, each from 0 to 1.", location="region")
    left, top, right, bottom = parts
    return Viewport(
        width=width,
        height=height,
        left=left,
        top=top,
        across=right - left,
        down=bottom - top,
        relative=True,
    )


def _uri_window(parameters: Mapping[str, str]) -> GreyWindow | None:
    if "windowCenter" not in parameters and "windowWidth" not in parameters:
        return None
    values = []
    for name in ("windowCenter", "windowWidth"):
        if name not in parameters:
            raise Invalid("windowCenter and windowWidth go together.", location=name)
        values.append(_decimal(parameters[name], name))
    return _checked(GreyWindow(values[0], values[1]), "windowWidth")


def _checked(window: GreyWindow, name: str) -> GreyWindow:
    least_is_one = window.function == LINEAR
    if window.width <= 0 or (least_is_one and window.width < 1):
        at_least = "at least 1" if least_is_one else "above 0"
        raise Invalid(f"The width of a window is {at_least} (PS3.3 C.11.2.1.2).", location=name)
    return window


def _side(text: str, name: str) -> int:
    if not _WHOLE.fullmatch(text) or int(text) > MOST_PIXELS_A_SIDE:
        raise Invalid(f"A side is a whole number from 1 to {MOST_PIXELS_A_SIDE}.", location=name)
    return int(text)


def _decimal(text: str, name: str) -> float:
    if not _DECIMAL.fullmatch(text):
        raise Invalid("One of its values is no decimal number.", location=name)
    return float(text)
