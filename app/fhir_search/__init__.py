"""FHIR search criteria (R4 search.html) parsed onto the query tree: for searches and conditional writes."""

from app.fhir_search.criteria import SearchContext, criteria

__all__ = ["SearchContext", "criteria"]
