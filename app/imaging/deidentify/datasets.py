"""De-identifies a data set by PS3.15 Annex E: a data set in, a new one out, and what was done.

What table E.1-1 names is treated as it says under the options that were chosen. What it does not name stays
only where its kind cannot tell who somebody is: numbers, code strings, codes of standards, names of machines
and methods. Items of sequences are data sets of their own. docs/conformance/deidentification.md lists it all.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydicom import DataElement, Dataset
from pydicom.config import IGNORE, settings
from pydicom.datadict import dictionary_has_tag
from pydicom.tag import BaseTag

from app.deidentification.options import BASIC_PROFILE, CODES, ProfileOption
from app.deidentification.profile import ConfidentialityProfile, ProfileAction, confidentiality_profile
from app.deidentification.project import Project, ProjectSubject
from app.imaging.deidentify.coded import code_of, is_coded, removed_code
from app.imaging.deidentify.identifying import identifying_words
from app.imaging.deidentify.values import Kept, ValueRules

_PSEUDONYMS = frozenset({"PatientName", "PatientID", "ClinicalTrialSubjectID"})
_GONE = frozenset({"TextObjectSequence", "FlowIdentifierSequence", "MACParametersSequence"})
_CONTENT, _GRAPHICS = "ContentSequence", "GraphicAnnotationSequence"
_PERSON_CODE = "PersonIdentificationCodeSequence"
_CREATORS = range(0x10, 0x100)
_LONGITUDINAL = {
    ProfileOption.RETAIN_FULL_DATES: "UNMODIFIED",
    ProfileOption.RETAIN_MODIFIED_DATES: "MODIFIED",
}


@dataclass(frozen=True, slots=True)
class Deidentified:
    """A data set that tells nobody whose it is, and how many attributes were kept, removed, replaced …"""

    dataset: Dataset
    done: Mapping[str, int]


class Deidentifier:
    """De-identifies data sets of a project, all under the same options; it keeps nothing of them."""

    def __init__(self, project: Project, options: frozenset[ProfileOption]) -> None:
        self._project = project
        self._options = options
        self._profile = confidentiality_profile()
        self._actions: dict[int, ProfileAction | None] = {}

    @property
    def options(self) -> frozenset[ProfileOption]:
        """What was chosen beside the Basic Profile."""
        return self._options

    def __call__(self, dataset: Dataset, subject: ProjectSubject) -> Deidentified:
        """The data set that stands for one of a subject's in the project; that one stays as it is."""
        settings.reading_validation_mode = settings.writing_validation_mode = IGNORE
        places = ProfileOption.RETAIN_INSTITUTION_IDENTITY not in self._options
        known = subject.known | identifying_words(dataset, places=places)
        rules = ValueRules(self._project, self._options, subject, known)
        work = _Work(self._profile, self._options, rules, self._action)
        made = work.of(dataset, top=True)
        self._say_so(made)
        return Deidentified(made, dict(work.done))

    def _action(self, tag: int) -> ProfileAction | None:
        """What the table says of an attribute under the options; None where it does not name it."""
        if tag not in self._actions:
            rule = self._profile.rule(tag)
            self._actions[tag] = rule.action(self._options) if rule else None
        return self._actions[tag]

    def _say_so(self, made: Dataset) -> None:
        """Note how it was de-identified (PS3.15 E.1.1, PS3.3 C.7.1.1 and C.12.1)."""
        made.PatientIdentityRemoved = "YES"
        made.DeidentificationMethod = [f"PS3.15 {self._profile.edition}", "Hilum"]
        codes = (BASIC_PROFILE, *(CODES[each] for each in ProfileOption if each in self._options))
        made.DeidentificationMethodCodeSequence = [_dcm(*each) for each in codes]
        dates = (said for option, said in _LONGITUDINAL.items() if option in self._options)
        made.LongitudinalTemporalInformationModified = next(dates, "REMOVED")


def _dcm(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


@dataclass(slots=True)
class _Work:
    """One data set in hand."""

    profile: ConfidentialityProfile
    options: frozenset[ProfileOption]
    rules: ValueRules
    action: Callable[[int], ProfileAction | None]
    done: Counter[str] = field(default_factory=Counter)
    trusted: bool = False  # within what an option keeps: codes of a site stay, too

    def of(self, dataset: Dataset, *, top: bool = False) -> Dataset:
        """A data set, at the top or of an item of a sequence, as it may be given out."""
        made = Dataset()
        coded = is_coded(dataset) and not top
        for tag in sorted(dataset.keys()):
            kept = self._element(dataset, tag)
            self.done["removed" if kept is None else "kept"] += 1
            if kept is not None:
                made.add(kept)
        if coded:
            self._code(dataset, made)
        return made

    def _code(self, item: Dataset, made: Dataset) -> None:
        """Put in place of a code what may stay of it."""
        code = code_of(item, self.rules.known, trusted=self.trusted)
        if code is None:
            made.clear()
            made.update(removed_code())
            return
        for keyword in ("CodeValue", "LongCodeValue", "URNCodeValue"):
            if item.get(keyword):
                setattr(made, keyword, item[keyword].value)
        made.CodingSchemeDesignator, made.CodeMeaning = code.scheme, code.meaning

    def _element(self, dataset: Dataset, tag: BaseTag) -> DataElement | None:
        """An element as it may be given out; None where it may not."""
        if tag.is_private:
            return self._private(dataset, tag)
        action = self.action(tag)
        if tag.element == 0 or action is ProfileAction.REMOVE or not dictionary_has_tag(tag):
            return None
        element = _read(dataset, tag)
        if element is None or element.keyword in _GONE:
            return None
        if element.VR == "SQ":
            return self._sequence(element, action)
        if element.keyword in _PSEUDONYMS:
            return DataElement(tag, element.VR, self.rules.subject.pseudonym)
        return self._made(element, _VALUES[action](self.rules, element))

    def _made(self, element: DataElement, kept: Kept) -> DataElement | None:
        if kept.removed:
            return None
        if kept.value is element.value:
            return element
        return DataElement(element.tag, element.VR, kept.value)

    def _sequence(self, element: DataElement, action: ProfileAction | None) -> DataElement | None:
        """A sequence with its items as they may be given out."""
        if action is ProfileAction.EMPTY:
            return DataElement(element.tag, "SQ", [])
        if action is ProfileAction.DUMMY and element.keyword == _GRAPHICS:
            return None
        if action is ProfileAction.DUMMY and element.keyword == _CONTENT:
            return DataElement(element.tag, "SQ", [_removed_text()])
        if action is ProfileAction.DUMMY and element.keyword == _PERSON_CODE:
            return DataElement(element.tag, "SQ", [removed_code()])
        before, self.trusted = self.trusted, self.trusted or action is ProfileAction.KEEP
        try:
            return DataElement(element.tag, "SQ", [self.of(item) for item in element.value or ()])
        finally:
            self.trusted = before

    def _private(self, dataset: Dataset, tag: BaseTag) -> DataElement | None:
        """A private element that is safe (E.3.10), or the creator of some; None for any other."""
        if ProfileOption.RETAIN_SAFE_PRIVATE not in self.options:
            return None
        if tag.element in _CREATORS:
            block, creator = tag.element, _text(dataset, tag)
            held = [each for each in dataset.keys() if each.group == tag.group]  # noqa: SIM118 - tags
            safe = any(each.element >> 8 == block and self._is_safe(creator, each) for each in held)
            return DataElement(tag, "LO", creator) if safe else None
        creator = _text(dataset, BaseTag(tag.group << 16 | tag.element >> 8))
        vr = self.profile.safe_private.get((creator, tag.group, tag.element & 0xFF))
        element = _read(dataset, tag) if vr else None
        if element is None or element.VR not in (vr, "UN") or element.VR == "UN":
            return None
        if element.VR == "SQ":
            return self._sequence(element, None)
        return self._made(element, self.rules.private(element))

    def _is_safe(self, creator: str, tag: BaseTag) -> bool:
        return (creator, tag.group, tag.element & 0xFF) in self.profile.safe_private


_VALUES: Mapping[ProfileAction | None, Callable[[ValueRules, DataElement], Kept]] = {
    None: ValueRules.unnamed,
    ProfileAction.KEEP: ValueRules.kept,
    ProfileAction.CLEAN: ValueRules.cleaned,
    ProfileAction.EMPTY: ValueRules.emptied,
    ProfileAction.DUMMY: ValueRules.dummy,
    ProfileAction.UID: ValueRules.uid,
}


def _read(dataset: Dataset, tag: BaseTag) -> DataElement | None:
    """An element with its value; None where pydicom cannot read it, so that nobody can say what it holds."""
    try:
        element = dataset[tag]
        return element if element.value is not None or element.is_empty else None
    except Exception:  # pydicom raises many kinds for values that are none of their VR
        return None


def _text(dataset: Dataset, tag: BaseTag) -> str:
    element = _read(dataset, tag) if tag in dataset else None
    value: Any = element.value if element is not None else ""
    return value.decode("ascii", "replace").strip() if isinstance(value, bytes) else str(value).strip()


def _removed_text() -> Dataset:
    """The content item that stands for a tree that is gone (PS3.3 C.17.3)."""
    item, concept = Dataset(), Dataset()
    concept.CodeValue, concept.CodingSchemeDesignator, concept.CodeMeaning = "121106", "DCM", "Comment"
    item.RelationshipType, item.ValueType = "CONTAINS", "TEXT"
    item.ConceptNameCodeSequence, item.TextValue = [concept], "REMOVED"
    return item
