"""The worklist: unified procedure steps (PS3.18 chapter 11, PS3.4 annex CC) until they end."""

from app.imaging.worklist.request import KeyPath, WorkitemSearchRequest, path_named
from app.imaging.worklist.worklist import CreatedWorkitem, WorkitemPage, Worklist

__all__ = [
    "CreatedWorkitem",
    "KeyPath",
    "WorkitemPage",
    "WorkitemSearchRequest",
    "Worklist",
    "path_named",
]
