"""The composition root: from the configuration to the parts of one process, each under its own name."""

from app.wiring.connecting import graph_address, graph_of
from app.wiring.process import Wiring, wired

__all__ = ["Wiring", "graph_address", "graph_of", "wired"]
