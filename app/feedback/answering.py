"""The answer of a reader: a verdict on how their read turned out, with a category and free text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from app.feedback.forms import AnswerFormSchema
from app.feedback.inbox import PERMISSION
from app.feedback.keeping import FeedbackRecord, place_of
from app.feedback.packets import ANSWERED, FEEDBACK, KeptResource, Packet, PacketAnswer, concept, kept_by
from app.feedback.risk import issue_of, only_once
from app.feedback.verdicts import DEFAULT_SCHEME, ReadVerdict, categories_of
from app.security.forms import read_form
from app.security.scopes import on_behalf
from graph.clock import instant
from graph.errors import Conflict, Invalid, PreconditionFailed
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

CONCORDANCE = "outcome-concordance"
_SAID = "urn:uuid:2f7a6f0e-0d0b-4a53-9e0e-6a4f5f6f5a02"  # stands for a new Observation in its transaction
_FORM = AnswerFormSchema()
_TRIES = 5


@dataclass(frozen=True, slots=True)
class GivenVerdict:
    """A valid answer, as `AnswerFormSchema` reads it."""

    verdict: ReadVerdict
    category: str
    comment: str
    patient_at_risk: bool
    version: int | None


class FeedbackAnswers:
    """Takes the answers of readers; `scheme` is the site's, of `SCHEMES`."""

    def __init__(self, kept: FeedbackRecord, resources: ResourceStore, scheme: str = DEFAULT_SCHEME) -> None:
        self._kept = kept
        self._resources = resources
        self.scheme = scheme

    def answer(self, scope: AccessScope, packet_id: str, raw: Mapping[str, Any], now: int) -> Packet:
        """Keep the verdict of the caller on a packet of theirs; a later one takes the place of an earlier.

        Raises `Invalid` for a form that is wrong, `NotFound` where there is no such packet for them, and
        `Conflict` where more came since the version that they looked at.
        """
        scope.require(PERMISSION)
        said = self._said(raw)
        for _ in range(_TRIES):
            packet = self._kept.one(scope, packet_id)
            if said.version not in (None, packet.version_id):
                raise Conflict("something came since you looked: look again", location="version")
            try:
                return self._keep(scope, packet, said, instant(now))
            except PreconditionFailed:  # evidence has just been added to it
                continue
        raise Conflict("it keeps changing: try again", location="version")

    def _said(self, raw: Mapping[str, Any]) -> GivenVerdict:
        form = read_form(_FORM, raw)
        said = GivenVerdict(**{**form, "verdict": ReadVerdict(form["verdict"])})
        known = {each.code for each in categories_of(self.scheme, said.verdict)}
        if said.category and said.category not in known:
            raise Invalid(
                "with this verdict go only %(categories)s",
                location="$.category",
                categories=", ".join(sorted(known)) or "-",
            )
        return said

    def _keep(self, scope: AccessScope, packet: Packet, said: GivenVerdict, moment: str) -> Packet:
        before = packet.answer.observation if packet.answer else ""
        named = before or _SAID
        answered = replace(
            packet, status=ANSWERED, modified=moment, answer=PacketAnswer(named, str(said.verdict), moment)
        )
        gateway = on_behalf(scope, scope.subject)
        observation = self._observation(answered, said, before, moment)
        source = _provenance(answered, named, moment)
        self._kept.write(
            gateway,
            answered,
            (before or _SAID, observation),
            ("", source),
            *self._issues(gateway, packet, said, moment),
        )
        return self._kept.one(scope, packet.packet_id)

    def _observation(self, packet: Packet, said: GivenVerdict, before: str, moment: str) -> KeptResource:
        """The verdict as an Observation (FHIR R4 observation.html): of the reports, by their reader."""
        category = [{"system": f"{FEEDBACK}:{self.scheme}", "code": said.category}]
        return {
            "resourceType": "Observation",
            **({"id": before.partition("/")[2]} if before else {}),
            "meta": kept_by(packet.reader),
            "status": "amended" if before else "final",
            "code": concept(CONCORDANCE, "Concordance of a read with its outcome"),
            "focus": [{"reference": each.reference} for each in packet.reads],
            "effectiveDateTime": moment,
            "performer": [{"reference": packet.reader}],
            "valueCodeableConcept": concept(str(said.verdict)),
            **(
                {"component": [{"code": concept("category"), "valueCodeableConcept": {"coding": category}}]}
                if said.category
                else {}
            ),
            **({"note": [{"text": said.comment}]} if said.comment.strip() else {}),
        }

    def _issues(
        self, gateway: AccessScope, packet: Packet, said: GivenVerdict, moment: str
    ) -> Iterator[tuple[str, KeptResource]]:
        if not said.patient_at_risk:
            return
        report = packet.reads[0].reference
        kind, _, name = report.partition("/")
        subject = orjson.loads(self._resources.read(gateway, kind, name).body).get("subject", {})
        evidence = [each.reference for each in packet.evidence]
        if str(subject.get("reference", "")).startswith("Patient/"):
            yield only_once(report), issue_of(subject["reference"], report, evidence, "", moment)


def _provenance(packet: Packet, observation: str, moment: str) -> KeptResource:
    return {
        "resourceType": "Provenance",
        "meta": kept_by(packet.reader),
        "target": [{"reference": observation}, {"reference": place_of(packet)}],
        "recorded": moment,
        "activity": concept("answer"),
        "agent": [{"who": {"reference": packet.reader}}],
    }
