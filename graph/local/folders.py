"""Where the local graph lives: home holds its state, the cache holds what can be fetched again."""

from collections.abc import Mapping
from pathlib import Path


def cache_folder(environment: Mapping[str, str]) -> Path:
    """The folder of what was fetched: `HILUM_CACHE`, else `hilum` in the user's cache (XDG)."""
    if chosen := environment.get("HILUM_CACHE"):
        return Path(chosen).expanduser().absolute()
    base = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).expanduser().absolute() / "hilum"


def graph_folder(home: Path) -> Path:
    """The part of the home folder that belongs to the local Neo4j."""
    return home / "neo4j"
