"""The use case that tells where the pictures of a study are: the addresses of WADO-RS (PS3.18 10.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.records.read.read import RecordReader
from app.site import Sites
from graph.errors import NotFound
from graph.scope import AccessScope
from graph.studies.overlaying import study_uid


@dataclass(frozen=True, slots=True)
class PicturedStudy:
    """A study: its UID, the address of its pictures, and what the ImagingStudy says."""

    uid: str
    address: str
    document: Mapping[str, Any]


class StudyAddresses:
    """Tells addresses of studies."""

    def __init__(self, reader: RecordReader, sites: Sites) -> None:
        self._reader = reader
        self._sites = sites

    def of_study(self, scope: AccessScope, study_id: str) -> PicturedStudy:
        """The study of an id; raises `Gone`, and `NotFound`, also where it has no Study Instance UID."""
        study = orjson.loads(self._reader.current(scope, "ImagingStudy", study_id).body)
        uid = study_uid(study)
        if uid is None:
            raise NotFound("the study has no Study Instance UID")
        return PicturedStudy(uid, f"{self._sites.of(scope).address(scope.partition)}/studies/{uid}", study)
