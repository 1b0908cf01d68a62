"""FHIR search criteria (R4 search.html) parsed onto the query tree: for searches and conditional writes."""

from app.records.search.criteria import SearchContext, criteria

__all__ = ["SearchContext", "criteria"]
