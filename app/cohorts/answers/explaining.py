"""Explains a question in numbers: whom each condition leaves, and which one change reaches a number."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.cohorts.answers.answering import Cohorts
from app.cohorts.answers.funnel import Funnel, FunnelStep, funnel, while_it_can
from app.cohorts.answers.listing import Counts
from app.cohorts.answers.relaxing import Relaxation, relaxations
from app.cohorts.language.forms import Strict, told
from app.cohorts.language.normal_form import NOTES
from app.cohorts.language.places import first_fault
from graph.errors import HilumError
from graph.scope import AccessScope


class ExplainedSchema(Strict):
    """A question, and how many patients are wanted."""

    question = fields.Raw(
        required=True, metadata=told("The question, as `/cohorts/query` takes it.", "코호트 질문.")
    )
    wanted = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=10_000_000),
        metadata=told("How many patients ought to match.", "원하는 환자 수."),
    )


@dataclass(frozen=True, slots=True)
class ExplainWish:
    """What is to be explained; `wanted` None where any number will do."""

    question: Any
    wanted: int | None


def read_explained(raw: Any) -> ExplainWish:
    """Read a request body; the question is read where it is asked. Raises `Invalid` with the place."""
    try:
        found = ExplainedSchema().load(raw)
    except ValidationError as error:
        raise first_fault(error.messages_dict, raw) from None
    return ExplainWish(found["question"], found.get("wanted"))


def explained(cohorts: Cohorts, scope: AccessScope, raw: Any, wanted: int | None, now: int) -> dict[str, Any]:
    """The funnel of a question and, where it does not reach a wanted number, the least change that does.

    `now` in µs. Raises what `Cohorts.ask` raises of the question.
    """
    with _within_the_request():
        found = funnel(cohorts, scope, raw, now)
    answer: dict[str, Any] = {
        "asOf": found.as_of,
        "counts": _counts(found.counts),
        "steps": [_step(each) for each in found.steps],
        "relaxation": None,
        "alternatives": [],
        "complete": True,
    }
    if wanted is not None and not _reaches(found, wanted):
        relaxed = relaxations(counted(raw), wanted, while_it_can(cohorts.counter(scope, now)))
        answer["relaxation"] = None if relaxed.least is None else _relaxed(relaxed.least)
        answer["alternatives"] = [_relaxed(each) for each in relaxed.others]
        answer["complete"] = relaxed.is_complete
    return answer


@contextmanager
def _within_the_request() -> Iterator[None]:
    """Name the place of what is wrong in the request, of which the question is a part."""
    try:
        yield
    except HilumError as error:
        if error.location is not None and error.location.startswith("$"):
            error.location = f"$.question{error.location[1:]}"
        raise


def counted(raw: dict[str, Any]) -> dict[str, Any]:
    """A question without what its numbers do not need."""
    return {name: value for name, value in raw.items() if name != "page"}


def _reaches(found: Funnel, wanted: int) -> bool:
    return found.counts.matched is not None and found.counts.matched >= wanted


def _counts(counts: Counts | None) -> dict[str, int | None] | None:
    return None if counts is None else {"matched": counts.matched, "unknown": counts.unknown}


def _step(step: FunnelStep) -> dict[str, Any]:
    condition = {name: value for name, value in step.condition.items() if name not in NOTES}
    return {"condition": condition, "counts": _counts(step.counts)}


def _relaxed(found: Relaxation) -> dict[str, Any]:
    return {
        "path": found.path,
        "was": found.was,
        "now": found.now,
        "matched": found.matched,
        "question": found.question,
    }
