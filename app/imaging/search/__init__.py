"""Searching pictures by their attributes: QIDO-RS asks here (PS3.4 C.2.2.2, PS3.18 10.6)."""

from app.imaging.search.request import MatchOrder, SearchRequest
from app.imaging.search.search import MOST_COUNTED, ImagingSearch, MatchPage
from graph.studies.imaging import ImagingMatch

__all__ = ["MOST_COUNTED", "ImagingMatch", "ImagingSearch", "MatchOrder", "MatchPage", "SearchRequest"]
