"""Packets and figures as the API tells them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.feedback.figures import OwnFigures
from app.feedback.packets import Evidence, Packet
from app.feedback.reasons import retold
from app.feedback.statistics import Accuracy, ManagedStatistics, Proportion, Stratum
from app.feedback.subscribing import FeedbackSubscription
from app.records.glance.chart import Told


def packet_told(packet: Packet, said: Mapping[str, Any] | None = None) -> Told:
    """A packet; `said` is the Observation of its reader's verdict, where that is told with it."""
    told: Told = {
        "id": packet.packet_id,
        "version": packet.version_id,
        "task": f"Task/{packet.packet_id}",
        "status": packet.status,
        "urgent": packet.urgent,
        "authored": packet.authored,
        "modified": packet.modified,
        "reads": [_filled(asdict(each)) for each in packet.reads],
        "evidence": [_evidence(each) for each in packet.evidence],
        "messages": [_filled(asdict(each)) for each in packet.messages],
    }
    if packet.answer is not None:
        told["answer"] = {**asdict(packet.answer), **_beside(said or {})}
    return told


def subscription_told(kept: FeedbackSubscription) -> Told:
    """Where a reader is told, and the secret of the signatures."""
    return {
        "subscription": f"Subscription/{kept.subscription_id}",
        "endpoint": kept.endpoint,
        "secret": kept.secret,
    }


def figures_told(found: OwnFigures) -> Told:
    """A reader's own figures."""
    counted = found.counted
    return {
        "reads": found.reads,
        "outcomes": _share(counted.outcomes),
        "daysToOutcome": asdict(counted.days) if counted.days else None,
        "concordance": [{**_stratum(each), **_of(share)} for each, share in counted.concordance.items()],
        "accuracy": [{**_stratum(each), **_accuracy(one)} for each, one in found.accuracy.items()],
    }


def totals_told(found: ManagedStatistics) -> Told:
    """The figures of all readers together."""
    return {
        "cells": [
            {**_stratum(each.stratum), "readers": each.readers, **_of(each.concordance)}
            for each in found.cells
        ],
        "hidden": found.hidden,
        "total": _share(found.total),
    }


def _evidence(evidence: Evidence) -> Told:
    reason, because = retold(evidence)
    return {
        **_filled(asdict(evidence)),
        "place": list(evidence.place),
        "sides": list(evidence.sides),
        "days": evidence.days,
        "confidence": evidence.confidence,
        "withdrawn": evidence.withdrawn,
        "reason": str(reason),
        "because": str(because),
    }


def _beside(observation: Mapping[str, Any]) -> Told:
    """The category and the free text of a verdict."""
    coded = (each["valueCodeableConcept"]["coding"][0]["code"] for each in observation.get("component", ()))
    notes = (each["text"] for each in observation.get("note", ()))
    return _filled({"category": next(coded, ""), "comment": next(notes, "")})


def _accuracy(found: Accuracy) -> Told:
    return {
        "of": found.of,
        "sensitivity": _share(found.sensitivity),
        "specificity": _share(found.specificity),
        "notEstimable": str(found.why_not) if found.why_not else None,
    }


def _share(found: Proportion | None) -> Told | None:
    return _of(found) if found else None


def _of(found: Proportion) -> Told:
    return {
        "n": found.of,
        "hits": found.hits,
        "share": found.share,
        "interval": [found.low, found.high],
    }


def _stratum(stratum: Stratum) -> Told:
    return {"modality": stratum.modality, "region": stratum.region}


def _filled(said: Mapping[str, Any]) -> Told:
    return {name: value for name, value in said.items() if value not in ("", (), None)}
