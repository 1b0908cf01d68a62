"""FHIR search (R4 search.html): criteria parsed onto the query tree, includes, and pages of matches."""

from app.records.search.criteria import KnownCriteria, SearchContext, criteria, known_criteria
from app.records.search.includes import MOST_INCLUDED, Include, IncludeSearch, include_of
from app.records.search.searching import RecordSearch, SearchPage, TypeSearch
from app.records.search.sorting import sorts_of

__all__ = [
    "MOST_INCLUDED",
    "Include",
    "IncludeSearch",
    "KnownCriteria",
    "RecordSearch",
    "SearchContext",
    "SearchPage",
    "TypeSearch",
    "criteria",
    "include_of",
    "known_criteria",
    "sorts_of",
]
