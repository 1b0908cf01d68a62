"""What each row of the table of routes is called, takes and answers with: WADL and OpenAPI are made of it."""

from collections.abc import Mapping
from typing import NamedTuple

from app.http.dicomweb.accepting import ACCEPT, CHARSET
from app.http.dicomweb.picture_forms import MEDIA
from app.http.dicomweb.route_table import FRAMES, INSTANCE, SERIES, STUDIES, STUDY, ImagingRoute
from app.http.dicomweb.search_fields import name_of_key
from app.http.dicomweb.search_parameters import DEFAULT_LIMIT, MOST, ORDER_BY, TOTAL, ZONE
from app.http.dicomweb.uri_parameters import URI_PARAMETERS
from app.http.dicomweb.workitem_parameters import DELETION_LOCK, FILTER, TRANSACTION_NAMES, UID_NAMES
from app.http.kit.openapi import QueryParameter
from app.imaging.render.targets import FRAME_TARGETS
from app.imaging.render.wishes import BEST_QUALITY, PROFILES
from app.imaging.retrieve import Showing
from graph.query.attributes import ATTRIBUTES, LEVELS
from graph.workitems.search_keys import KEYS

_TEXT: Mapping[str, object] = {"type": "string"}
_FLAG: Mapping[str, object] = {"type": "boolean", "default": False}
_COUNT: Mapping[str, object] = {"type": "integer", "minimum": 0}


def related(name: str) -> str:
    """A media type as the parts of a multipart answer."""
    return f'multipart/related; type="{name}"'


_DATA_SETS = ("application/dicom+json", "application/json", related("application/dicom+xml"))
_BULK = (related("application/octet-stream"), "application/octet-stream")
_PICTURES = MEDIA[Showing.PIXELS]
_SHOWN = (*_PICTURES, *MEDIA[Showing.REPORT], "application/pdf")
_FRAME_TYPES = tuple(dict.fromkeys(FRAME_TARGETS.values()))

NEGOTIATION = (
    QueryParameter(ACCEPT, _TEXT, "Media types with weights, as in Accept, which they come before."),
    QueryParameter(CHARSET, _TEXT, "UTF-8; there is no other."),
)
_SEARCH = (
    QueryParameter("limit", {**_COUNT, "maximum": MOST, "default": DEFAULT_LIMIT}, "Matches at most."),
    QueryParameter("offset", {**_COUNT, "default": 0}, "Matches to skip."),
    QueryParameter("fuzzymatching", _FLAG, "Names match by the beginnings of their words."),
    QueryParameter("emptyvaluematching", _FLAG, 'A key of `""` finds what has no value.'),
    QueryParameter("multiplevaluematching", _FLAG, "Every value of a list must be there."),
    QueryParameter("includefield", _TEXT, "More attributes, by keyword or tag, with commas; or all."),
    QueryParameter(ORDER_BY, _TEXT, "Up to three attributes of the level; `-` before what descends."),
    QueryParameter(ZONE, _TEXT, "The zone of the dates and times asked for, as +0900."),
    QueryParameter(TOTAL, _FLAG, "The number of all matches comes in X-Total-Count."),
)
_SEARCH_OF_WORKITEMS = (
    *(each for each in _SEARCH if each.name not in (ORDER_BY, ZONE, TOTAL, "multiplevaluematching")),
    *(QueryParameter(".".join(path), _TEXT, f"A matching key, {key.vr}") for path, key in KEYS.items()),
)
_VIEWPORT = QueryParameter("viewport", _TEXT, "The size to fit into: width,height.")
_RENDERED = (
    QueryParameter("viewport", _TEXT, "width,height and perhaps ,left,top,width,height of the source."),
    QueryParameter("window", _TEXT, "center,width,function; of linear, linear-exact, sigmoid."),
    QueryParameter(
        "quality", {"type": "integer", "minimum": 1, "maximum": BEST_QUALITY}, "Of a lossy picture."
    ),
    QueryParameter("annotation", _TEXT, "What is written into the picture: patient, technique, or both."),
    QueryParameter("iccprofile", {"type": "string", "enum": list(PROFILES)}, "The colour profile in it."),
    QueryParameter("overlays", {"type": "string", "enum": ["yes", "no"]}, "Overlays in the picture."),
)


class WebTransaction(NamedTuple):
    """A view as clients know it; `name` and `summary` have `{level}` and `{of}`, what is searched for.

    `media_types` are those of its answer, the default first.
    """

    name: str
    summary: str
    media_types: tuple[str, ...] = ()
    parameters: tuple[QueryParameter, ...] = NEGOTIATION


TRANSACTIONS: Mapping[str, WebTransaction] = {
    "store": WebTransaction("Store{level}Instances", "Store instances", _DATA_SETS),
    "replace": WebTransaction("Replace{level}Instances", "Store instances, or replace them", _DATA_SETS),
    "search": WebTransaction("SearchFor{level}{of}", "Search for {of}", _DATA_SETS),
    "whole": WebTransaction(
        "Retrieve{level}",
        "Retrieve the files of a {level}",
        (related("application/dicom"), "application/dicom", "application/zip", _BULK[0]),
    ),
    "metadata": WebTransaction("Retrieve{level}Metadata", "Retrieve the metadata of a {level}", _DATA_SETS),
    "bulkdata": WebTransaction("Retrieve{level}Bulkdata", "Retrieve all bulk data of a {level}", (_BULK[0],)),
    "pixeldata": WebTransaction(
        "Retrieve{level}Pixeldata", "Retrieve the pixel data of a {level}", (_BULK[0],)
    ),
    "value": WebTransaction("RetrieveBulkdataValue", "Retrieve one value of bulk data", _BULK),
    "frames": WebTransaction(
        "RetrieveFrames", "Retrieve frames", (*map(related, _FRAME_TYPES), *_FRAME_TYPES)
    ),
    "rendered": WebTransaction(
        "Retrieve{level}Rendered",
        "Retrieve what there is to see of a {level}",
        (*_SHOWN, *map(related, _PICTURES)),
        (*NEGOTIATION, *_RENDERED),
    ),
    "thumbnail": WebTransaction(
        "Retrieve{level}Thumbnail",
        "Retrieve a small picture of a {level}",
        _PICTURES,
        (*NEGOTIATION, _VIEWPORT),
    ),
    "delete": WebTransaction("Delete{level}", "Delete a {level}", parameters=()),
    "restore": WebTransaction("Restore{level}", "Restore what was deleted of a {level}", parameters=()),
    "create_workitem": WebTransaction(
        "CreateWorkitem", "Create a workitem", (), (QueryParameter(UID_NAMES[0], _TEXT, "Its UID."),)
    ),
    "search_workitems": WebTransaction(
        "SearchWorkitems",
        "Search the worklist",
        _DATA_SETS,
        (*NEGOTIATION, *_SEARCH_OF_WORKITEMS),
    ),
    "retrieve_workitem": WebTransaction(
        "RetrieveWorkitem", "Retrieve a workitem", (*_DATA_SETS, "application/dicom+xml")
    ),
    "update_workitem": WebTransaction(
        "UpdateWorkitem",
        "Update a workitem",
        (),
        (QueryParameter(TRANSACTION_NAMES[0], _TEXT, "The UID of the claim."),),
    ),
    "change_workitem_state": WebTransaction(
        "ChangeWorkitemState", "Claim a workitem, or bring it to its end", parameters=()
    ),
    "cancel_workitem": WebTransaction(
        "RequestWorkitemCancellation", "Ask that a workitem be canceled", parameters=()
    ),
    "subscribe": WebTransaction(
        "SubscribeToWorkitems",
        "Have an application told of workitems",
        (),
        (
            QueryParameter(DELETION_LOCK, _FLAG, "The workitem is to be kept, as all are."),
            QueryParameter(FILTER, _TEXT, "Matching keys of the filtered worklist, as PatientID=7."),
        ),
    ),
    "events": WebTransaction("OpenEventChannel", "Be told of workitems", ("text/event-stream",), ()),
    "unsubscribe": WebTransaction("UnsubscribeFromWorkitems", "End a subscription", parameters=()),
    "suspend": WebTransaction(
        "SuspendWorklistSubscription", "Tell an application nothing of new workitems", parameters=()
    ),
    "uri": WebTransaction(
        "RetrieveByUri",
        "Retrieve an instance by WADO-URI",
        (*_SHOWN, "application/dicom"),
        URI_PARAMETERS,
    ),
}
"""What each view of the table of routes is for, by its name there."""

_LEVELS = ((FRAMES, "Frame"), (INSTANCE, "Instance"), (SERIES, "Series"), (STUDY, "Study"))


def level_of(route: ImagingRoute) -> str:
    """What a route is about, by its path: a Study, Series, Instance or Frame, or nothing."""
    return next((level for path, level in _LEVELS if route.path.startswith(path)), "")


def name_of(route: ImagingRoute) -> str:
    """The name of a route's transaction, much as PS3.18 table H-1 has them: RetrieveStudyMetadata."""
    return TRANSACTIONS[route.view].name.format(level=level_of(route), of=_sought(route).title())


def summary_of(route: ImagingRoute) -> str:
    """What a route is for, in a few words."""
    return TRANSACTIONS[route.view].summary.format(level=level_of(route).lower(), of=_sought(route))


def parameters_of(route: ImagingRoute) -> tuple[QueryParameter, ...]:
    """The parameters of a route; of a search the keys of its level and of those above."""
    named = TRANSACTIONS[route.view].parameters
    if route.view != "search":
        return named
    level = LEVELS.index(route.defaults["level"])
    keys = (
        QueryParameter(name_of_key(each), _TEXT, f"({each.tag[:4]},{each.tag[4:]}), {each.vr}")
        for each in ATTRIBUTES
        if each.searched and LEVELS.index(each.level) <= level
    )
    return (*named, *_SEARCH, *keys)


def _sought(route: ImagingRoute) -> str:
    return route.path.rpartition("/")[2] if route.view == "search" else STUDIES.strip("/")
