"""The parameters of a URI request (PS3.18 9.1.2, 9.4.1.2, 9.5.1.2): which instance, and in which form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.http.kit.openapi import QueryParameter
from app.http.kit.uids import check_uids
from app.imaging.render.wishes import BEST_QUALITY, MOST_PIXELS_A_SIDE, PROFILES
from graph.errors import Invalid, NotAcceptable

CONTENT_TYPE = "contentType"
ANY_SYNTAX = "*"
_WADO = "WADO"
_FRAME = re.compile(r"[1-9][0-9]{0,8}")
_UID: Mapping[str, object] = {"type": "string", "maxLength": 64, "pattern": r"^[0-9]+(\.[0-9]+)*$"}
_TEXT: Mapping[str, object] = {"type": "string"}
_NUMBER: Mapping[str, object] = {"type": "number"}
_COUNT: Mapping[str, object] = {"type": "integer", "minimum": 1}
_SIDE: Mapping[str, object] = {**_COUNT, "maximum": MOST_PIXELS_A_SIDE}

URI_PARAMETERS = (
    QueryParameter("requestType", {"type": "string", "enum": [_WADO]}, "The service.", required=True),
    QueryParameter("studyUID", _UID, "The study.", required=True),
    QueryParameter("seriesUID", _UID, "The series.", required=True),
    QueryParameter("objectUID", _UID, "The instance.", required=True),
    QueryParameter(
        CONTENT_TYPE, _TEXT, "Media types with weights, as in Accept: application/dicom, or rendered ones."
    ),
    QueryParameter("charset", _TEXT, "UTF-8; there is no other."),
    QueryParameter("anonymize", {"type": "string", "enum": ["yes"]}, "Not offered: 406."),
    QueryParameter(
        "transferSyntax",
        _TEXT,
        "Of application/dicom: a transfer syntax UID, or * for the stored one. Without it explicit VR little "
        "endian, where that loses nothing.",
    ),
    QueryParameter("frameNumber", _COUNT, "The frame to draw."),
    QueryParameter("rows", _SIDE, "The most pixels from top to bottom."),
    QueryParameter("columns", _SIDE, "The most pixels from left to right."),
    QueryParameter("region", _TEXT, "What is drawn: xmin,ymin,xmax,ymax, as shares of the picture's sides."),
    QueryParameter("windowCenter", _NUMBER, "With windowWidth: the middle of the grey values shown."),
    QueryParameter("windowWidth", _NUMBER, "With windowCenter: how many grey values are shown."),
    QueryParameter("imageQuality", {**_COUNT, "maximum": BEST_QUALITY}, "Of a lossy picture."),
    QueryParameter("annotation", _TEXT, "What is written into the picture: patient, technique, or both."),
    QueryParameter("iccprofile", {"type": "string", "enum": list(PROFILES)}, "The colour profile in it."),
    QueryParameter("presentationSeriesUID", _UID, "With presentationUID: the series of that."),
    QueryParameter("presentationUID", _UID, "The presentation state under which it is drawn."),
)
"""Each parameter, as it is described to clients; of each but the media types there is one value."""

_REQUIRED = tuple(each.name for each in URI_PARAMETERS if each.required)
_SINGLE = tuple(each.name for each in URI_PARAMETERS if each.name not in (CONTENT_TYPE, "charset"))
_PRESENTATION = ("presentationSeriesUID", "presentationUID")


@dataclass(frozen=True, slots=True)
class PresentationUids:
    """Which presentation state of the study a picture is drawn under."""

    series: str
    instance: str


@dataclass(frozen=True, slots=True)
class UriRequest:
    """Which instance is asked for; None is what was not asked. A transfer syntax of `*` is the stored one."""

    study: str
    series: str
    instance: str
    transfer_syntax: str | None = None
    frame: int | None = None
    presentation: PresentationUids | None = None


def read_uri_request(arguments: MultiDict[str, str]) -> UriRequest:
    """Read the parameters that are no wishes for the picture; unknown ones are passed over (8.3.2).

    Raises `Invalid`, which names the parameter, `NotAcceptable` for what is to be anonymized.
    """
    for name in _SINGLE:
        if len(arguments.getlist(name)) > 1:
            raise Invalid(f"{name} is there more than once", location=name)
    for name in _REQUIRED:
        if not arguments.get(name):
            raise Invalid(f"{name} is required", location=name)
    if arguments["requestType"] != _WADO:
        raise Invalid(f"the one type of request is {_WADO}", location="requestType")
    _refuse_anonymized(arguments.get("anonymize"))
    check_uids(**{name: arguments.get(name) for name in (*_REQUIRED[1:], *_PRESENTATION)})
    return UriRequest(
        study=arguments["studyUID"],
        series=arguments["seriesUID"],
        instance=arguments["objectUID"],
        transfer_syntax=_syntax(arguments.get("transferSyntax")),
        frame=_frame(arguments.get("frameNumber")),
        presentation=_presentation(arguments),
    )


def _refuse_anonymized(text: str | None) -> None:
    """What was asked for without names never comes with them (9.4.2.3)."""
    if text not in (None, "yes"):
        raise Invalid("anonymize is yes, or not there", location="anonymize")
    if text is not None:
        raise NotAcceptable("instances are not anonymized here", location="anonymize")


def _syntax(text: str | None) -> str | None:
    """9.4.2.4: what is no UID is a mistake; which ones can be had the instance says."""
    if text != ANY_SYNTAX:
        check_uids(transferSyntax=text)
    return text


def _frame(text: str | None) -> int | None:
    """9.5.2.1: a positive integer."""
    if text is not None and not _FRAME.fullmatch(text):
        raise Invalid("frameNumber is a whole number from 1", location="frameNumber")
    return None if text is None else int(text)


def _presentation(arguments: Mapping[str, str]) -> PresentationUids | None:
    """9.5.1.2.7: both UIDs, or neither."""
    given = [arguments[name] for name in _PRESENTATION if name in arguments]
    if len(given) == 1:
        raise Invalid(f"{' and '.join(_PRESENTATION)} go together", location="presentationUID")
    return PresentationUids(*given) if given else None
