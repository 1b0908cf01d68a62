"""The routes of DICOMweb, as the documentation has them."""

from typing import Any

import orjson

from tests.app.security.planting import Target
from tests.app.security.routes import (
    DELETE,
    DICOM,
    DICOM_JSON,
    FEED,
    FILES,
    FRAMES,
    JPEG_LS,
    LIST,
    PICTURES,
    READ,
    RLE,
    STORE,
    WORK,
    XML,
    Make,
    Route,
    instance,
)
from tests.factories.workitems import dataset


def _study(target: Target) -> bytes:
    return target.study.encode()


def _pixels(target: Target) -> bytes:
    return target.pixels


def _restored(_: Target) -> bytes:
    return b'"restored":1'


def _file(target: Target) -> bytes:
    return target.file


_S = "/dicom-web/studies/<study>"
_X = f"{_S}/series/<series>"
_I = f"{_X}/instances/<instance>"
_S_PATH = "/dicom-web/studies/{study}"
_X_PATH = f"{_S_PATH}/series/{{series}}"
_I_PATH = f"{_X_PATH}/instances/{{instance}}"
_F, _F_PATH = f"{_I}/frames/<numbers>", f"{_I_PATH}/frames/1"
_URI_PATH = "/dicom-web/wado?requestType=WADO&studyUID={study}&seriesUID={series}&objectUID={instance}"


def _imaging(rule: str, path: str, **more: Any) -> Route:
    """A route that reads pictures: a grant of either kind opens it."""
    return Route(f"GET {rule}", READ, path, **{"by_study": True, "shows": instance, **more})


def _showing(rule: str, path: str) -> tuple[Route, ...]:
    """The routes to what one can look at of a resource: in parts with their addresses, and alone."""
    return (
        _imaging(f"{rule}/rendered", f"{path}/rendered", headers=PICTURES),
        _imaging(f"{rule}/thumbnail", f"{path}/thumbnail", headers=PICTURES),
        _imaging(f"{rule}/thumbnail", f"{path}/thumbnail", shows=None, name="alone"),
    )


def _deleting(rule: str, path: str) -> Route:
    return Route(f"DELETE {rule}", DELETE, path, status=204, changes=True)


def _restoring(rule: str, path: str) -> Route:
    return Route(
        f"POST {rule}/$restore", DELETE, f"{path}/$restore", shows=_restored, changes=True, deleted=True
    )


def _step(target: Target) -> bytes:
    return orjson.dumps([target.step()])


def _sent(**attributes: Any) -> Make:
    """A body that says the same of whatever is reached for."""
    return lambda _: orjson.dumps([dataset(**attributes)])


def _listed(target: Target) -> bytes:
    return target.workitem.encode()


def _worklist(method: str, path: str, needs: str, **more: Any) -> Route:
    """A route of the worklist: a grant of either kind opens it."""
    rule = path.partition("?")[0].format(workitem="<workitem>", aetitle="<aetitle>")
    named = path.replace("{aetitle}", "READER")
    return Route(f"{method} {rule}", needs, named, **{"by_study": True, **more})


_L = "/dicom-web/workitems"
EVENTS = {"Accept": "text/event-stream"}
_W = f"{_L}/{{workitem}}"
_CLAIM = _sent(ProcedureStepState="IN PROGRESS", TransactionUID="1.2.3")
WORKLIST = (
    _worklist("POST", _L, WORK, body=_step, headers=DICOM_JSON, status=201, changes=True),
    _worklist("GET", _L + "?PatientID={mark}", LIST, shows=_listed),
    _worklist("GET", _W, LIST, shows=_listed),
    _worklist("GET", _W, LIST, shows=_listed, headers=XML, name="in XML"),
    _worklist("POST", _W, WORK, body=_sent(WorklistLabel="B"), headers=DICOM_JSON, changes=True),
    _worklist("PUT", f"{_W}/state", WORK, body=_CLAIM, headers=DICOM_JSON, changes=True),
    _worklist("POST", f"{_W}/cancelrequest", WORK, status=202, changes=True),
    _worklist("POST", f"{_W}/subscribers/{{aetitle}}", LIST, status=201, changes=True),
    # Whose subscription it is, nobody else learns: of others there is none.
    _worklist("DELETE", f"{_W}/subscribers/{{aetitle}}", LIST, status=404),
)

LISTENING = (
    # Nobody keeps channels open beside a web server that is not run.
    Route(
        "GET /dicom-web/subscribers/<aetitle>", LIST, "/dicom-web/subscribers/R", headers=EVENTS, status=503
    ),
    _worklist("POST", f"{_W}/subscribers/{{aetitle}}/suspend", LIST, status=400),
)
"""What is about applications, and names no patient."""


def _replacing(rule: str, path: str) -> Route:
    """A route that stores, and deletes what it replaces."""
    return Route(f"PUT {rule}", STORE, path, _file, DICOM, shows=instance, changes=True, besides=DELETE)


DICOMWEB = (
    Route("POST /dicom-web/studies", STORE, "/dicom-web/studies", _file, DICOM, shows=instance, changes=True),
    Route(f"POST {_S}", STORE, _S_PATH, _file, DICOM, shows=instance, changes=True),
    _replacing("/dicom-web/studies", "/dicom-web/studies"),
    _replacing(_S, _S_PATH),
    _imaging("/dicom-web/studies", "/dicom-web/studies?StudyInstanceUID={study}", shows=_study),
    _imaging("/dicom-web/series", "/dicom-web/series?StudyInstanceUID={study}", shows=_study),
    _imaging("/dicom-web/instances", "/dicom-web/instances?StudyInstanceUID={study}"),
    _imaging(f"{_S}/series", f"{_S_PATH}/series", shows=_study),
    _imaging(f"{_S}/instances", f"{_S_PATH}/instances"),
    _imaging(f"{_X}/instances", f"{_X_PATH}/instances"),
    _imaging(_S, _S_PATH, headers=FILES),
    _imaging(_X, _X_PATH, headers=FILES),
    _imaging(_I, _I_PATH, headers=FILES),
    _imaging(_I, _I_PATH, headers={"Accept": "application/dicom"}, name="alone"),
    _imaging(f"{_S}/metadata", f"{_S_PATH}/metadata"),
    _imaging(f"{_X}/metadata", f"{_X_PATH}/metadata"),
    _imaging(f"{_I}/metadata", f"{_I_PATH}/metadata"),
    _imaging(_I, _I_PATH, headers={"Accept": "application/zip"}, name="zipped"),
    _imaging(f"{_I}/metadata", f"{_I_PATH}/metadata", headers=XML, name="in XML"),
    _imaging(f"{_S}/bulkdata", f"{_S_PATH}/bulkdata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_X}/bulkdata", f"{_X_PATH}/bulkdata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_I}/bulkdata", f"{_I_PATH}/bulkdata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_I}/bulkdata/<path:path>", f"{_I_PATH}/bulkdata/7FE00010", headers=FRAMES, shows=_pixels),
    _imaging(f"{_S}/pixeldata", f"{_S_PATH}/pixeldata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_X}/pixeldata", f"{_X_PATH}/pixeldata", headers=FRAMES, shows=_pixels),
    _imaging(f"{_I}/pixeldata", f"{_I_PATH}/pixeldata", headers=FRAMES, shows=_pixels),
    _imaging(_F, _F_PATH, headers=FRAMES, shows=_pixels),
    _imaging(_F, _F_PATH, headers=JPEG_LS, shows=None, name="transcoded"),
    _imaging(_S, _S_PATH, headers=RLE, name="transcoded"),
    _imaging(_X, _X_PATH, headers=RLE, name="transcoded"),
    _imaging(_I, _I_PATH, headers=RLE, name="transcoded"),
    *_showing(_S, _S_PATH),
    *_showing(_X, _X_PATH),
    *_showing(_I, _I_PATH),
    *_showing(_F, _F_PATH),
    _imaging("/dicom-web/wado", _URI_PATH, shows=None),
    _imaging("/dicom-web/wado", f"{_URI_PATH}&contentType=application/dicom", name="file"),
    _deleting(_S, _S_PATH),
    _deleting(_X, _X_PATH),
    _deleting(_I, _I_PATH),
    _restoring(_S, _S_PATH),
    _restoring(_X, _X_PATH),
    _restoring(_I, _I_PATH),
    Route("GET /dicom-web/changefeed", FEED, "/dicom-web/changefeed?limit=200", shows=instance, changes=True),
    Route(
        "GET /dicom-web/changefeed/latest",
        FEED,
        "/dicom-web/changefeed/latest",
        shows=instance,
        changes=True,
    ),
    *WORKLIST,
)
