"""The composition root: from the configuration to the parts of one process, each under its own name."""

from app.wiring.process import Wiring, graph_address, graph_of, wired

__all__ = ["Wiring", "graph_address", "graph_of", "wired"]
