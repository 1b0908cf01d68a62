"""Pairs of examinations, labelled by what a reader would open beside: found, and nothing else with them.

The labels of `priors.json` were written before the words of regions and sides were mended by them.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.records.glance.exam import exam_of
from app.records.glance.priors import ranked_priors
from tests.factories.charts import TODAY, chart_of, study

PAIRS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("priors.json").read_text("utf-8"))
LEAST_RECALL = LEAST_PRECISION = 0.95
_SIDES = "http://snomed.info/sct"


def _study(name: str, told: dict[str, Any]) -> dict[str, Any]:
    day = TODAY - timedelta(days=round(told.get("years", 0) * 365))
    made = study(name, day.isoformat(), told["modality"])
    del made["description"]
    if "words" in told:
        made["description"] = told["words"]
    if "site" in told:
        side = {"laterality": {"system": _SIDES, "code": told["side"]}} if "side" in told else {}
        made["series"] = [{"uid": "1.2.3", "bodySite": told["site"], **side}]
    return made


def _is_relevant(pair: dict[str, Any]) -> bool:
    chart = chart_of(_study("now", pair["now"]), _study("before", pair["before"]))
    (prior,) = ranked_priors(chart, exam_of(chart, "now"), ())
    return bool(prior["relevant"])


def test_what_a_reader_would_open_beside_is_found_and_little_else() -> None:
    judged = [(pair, _is_relevant(pair)) for pair in PAIRS]

    right = sum(pair["relevant"] and told for pair, told in judged)
    wrong = [(pair["why"], pair["now"], pair["before"]) for pair, told in judged if told != pair["relevant"]]
    assert right / sum(pair["relevant"] for pair in PAIRS) >= LEAST_RECALL, wrong
    assert right / sum(told for _, told in judged) >= LEAST_PRECISION, wrong


def test_the_pairs_cover_what_exams_are_told_by() -> None:
    words = json.dumps(PAIRS, ensure_ascii=False)

    assert len(PAIRS) >= 60
    assert all(each in words for each in ("snomed.info", "radlex.org", "우측", "양손", "Right", "Both"))
    assert {pair["now"]["modality"] for pair in PAIRS} >= {"CT", "MR", "US", "CR", "MG", "XA"}
