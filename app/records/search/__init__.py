"""FHIR search (R4 search.html): criteria parsed onto the query tree, includes, and pages of matches."""

from app.records.search.asked_references import Pairs, asked_references, renamed, require_resolved
from app.records.search.containers import Contained, contained_of
from app.records.search.contexts import SearchContexts
from app.records.search.criteria import (
    OF_EVERY_TYPE,
    FindParameter,
    KnownCriteria,
    SearchContext,
    criteria,
    known_criteria,
)
from app.records.search.includes import MOST_INCLUDED, Include, IncludeSearch, bounded, include_of
from app.records.search.searching import RecordSearch, SearchPage, Total, TypeSearch
from app.records.search.sorting import sorts_of

__all__ = [
    "MOST_INCLUDED",
    "OF_EVERY_TYPE",
    "Contained",
    "FindParameter",
    "Include",
    "IncludeSearch",
    "KnownCriteria",
    "Pairs",
    "RecordSearch",
    "SearchContext",
    "SearchContexts",
    "SearchPage",
    "Total",
    "TypeSearch",
    "asked_references",
    "bounded",
    "contained_of",
    "criteria",
    "include_of",
    "known_criteria",
    "renamed",
    "require_resolved",
    "sorts_of",
]
