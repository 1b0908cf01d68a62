"""All sample data in the order in which it is loaded, the same again for the same day and seed.

Charts come first, since pictures join the patient whom they find; then the pictures; then what refers to the
studies that the server made of them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.samples.answer import Expected, expected, question
from app.samples.binding import DicomPatient, Taken
from app.samples.calendar import Ago
from app.samples.case import Birth, Case
from app.samples.cases import CASES
from app.samples.chart import announced, chart
from app.samples.codes import DICOM_UID, JsonObject
from app.samples.department import department
from app.samples.findings import findings
from app.samples.naming import accession_of, mrn_of, study_uid
from app.samples.population import generated
from app.samples.recent import recent
from app.samples.referrals import REFERRED, Referral, accession, referrals, report
from app.samples.sets import PICTURES

SEED = 20261122
GENERATED = 10
_EVENTS = 200
_SEXES = {"male": "M", "female": "F"}
_BIRTH_LENGTH = {Birth.DAY: 8, Birth.MONTH: 0, Birth.YEAR: 0, Birth.UNKNOWN: 0}  # DA knows whole days only


@dataclass(frozen=True)
class Samples:
    """The sample data of one day and seed; each iterator may be run as often as one likes.

    Generating the population takes seconds, is done when first needed, and kept.
    """

    as_of: date
    seed: int = SEED
    patients: int = GENERATED

    def before_images(self) -> Iterator[bytes]:
        """The transaction Bundles to post first, as JSON: a department, then one Bundle a patient."""
        yield _bundle(department())
        for case in CASES:
            entries = [_put(each) for each in chart(case, self.as_of)]
            yield _bundle([*entries, *map(_announce, announced(case, self.as_of, self.seed))])
        for _, entries in self._population:
            yield _bundle(entries)

    def images(self) -> Iterator[bytes]:
        """The DICOM Part 10 files, study by study."""
        for case in CASES:
            for place in range(1, len(case.studies) + 1):
                yield from self.study(case.key, place)
        for referral in self._referrals():
            yield from PICTURES[referral.pictures].made(self._referred(referral))

    def study(self, key: str, place: int) -> Iterator[bytes]:
        """The files of one study of an authored patient, counted from 1."""
        case = next(each for each in CASES if each.key == key)
        study = case.studies[place - 1]
        yield from PICTURES[study.pictures].made(self._taken(case, place, study.pictures, study.ago))

    def after_images(self) -> Iterator[bytes]:
        """The transaction Bundles to post last, which refer to the studies by UID."""
        for case in CASES:
            if entries := [_put(each) for each in findings(case, self.as_of, self.seed)]:
                yield _bundle(entries)
        yield _bundle([_put(report(each, self.seed)) for each in self._referrals()])

    def image_count(self) -> int:
        """How many files `images` yields."""
        authored = sum(PICTURES[study.pictures].count for case in CASES for study in case.studies)
        return authored + sum(PICTURES[pictures].count for pictures in REFERRED)

    def bundle_count(self) -> tuple[int, int]:
        """How many Bundles come before and after the images."""
        after = sum(1 for case in CASES if any(True for _ in findings(case, self.as_of, self.seed)))
        return 1 + len(CASES) + self.patients, after + 1

    def question(self) -> JsonObject:
        """The sample question, as of the day of loading."""
        return question(self.as_of)

    def expected(self) -> tuple[Expected, ...]:
        """What the answer to the question must be."""
        return expected(self.seed)

    @cached_property
    def _population(self) -> tuple[tuple[str, list[JsonObject]], ...]:
        """Each generated patient's record number and Bundle entries."""
        bundles = generated(self.as_of, self.seed, self.patients)
        numbers = (f"SYN-{place:02}" for place in range(1, self.patients + 1))
        return tuple(
            (mrn, recent(bundle, mrn, _EVENTS)) for mrn, bundle in zip(numbers, bundles, strict=True)
        )

    def _referrals(self) -> Iterator[Referral]:
        return referrals([(mrn, _patient(entries)) for mrn, entries in self._population], self.as_of)

    def _taken(self, case: Case, place: int, pictures: str, ago: Ago) -> Taken:
        family, given = case.korean
        born = case.age.before(self.as_of).strftime("%Y%m%d")[: _BIRTH_LENGTH[case.birth]]
        name = f"{case.family}^{case.given}=={family}^{given}"
        return Taken(
            owner=DicomPatient(mrn_of(case.key), name, born, _SEXES[case.sex]),
            study_uid=study_uid(self.seed, case.key, place),
            accession=accession_of(case.key, place),
            day=ago.before(self.as_of),
            description=PICTURES[pictures].description,
            modality=PICTURES[pictures].modality,
        )

    def _referred(self, referral: Referral) -> Taken:
        return Taken(
            owner=referral.owner(),
            study_uid=study_uid(self.seed, referral.key, referral.number),
            accession=accession(referral),
            day=referral.day,
            description=PICTURES[referral.pictures].description,
            modality=PICTURES[referral.pictures].modality,
        )


def build_samples(as_of: date, seed: int = SEED) -> Samples:
    """The sample data as of a day, which is the day of loading."""
    return Samples(as_of, seed)


def _patient(entries: Iterable[JsonObject]) -> JsonObject:
    return next(each["resource"] for each in entries if each["resource"]["resourceType"] == "Patient")


def _put(resource: JsonObject) -> JsonObject:
    url = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": url}}


def _announce(study: JsonObject) -> JsonObject:
    """A study that its pictures will find; where they came first, nothing is to do."""
    unless = f"identifier={DICOM_UID}|{study['identifier'][0]['value']}"
    return {"resource": study, "request": {"method": "POST", "url": "ImagingStudy", "ifNoneExist": unless}}


def _bundle(entries: list[JsonObject]) -> bytes:
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    return json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode()
