"""The change feed of pictures: what was stored and deleted, in order and without gaps."""

from app.imaging.changes.feed import ChangeFeed
from graph.changes.changes import FeedWindow
from graph.records import Change

__all__ = ["Change", "ChangeFeed", "FeedWindow"]
