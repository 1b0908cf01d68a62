"""The composition root: from the configuration to the parts of one process, each under its own name."""

from app.wiring.process import Wiring, connected, graph_address, wired

__all__ = ["Wiring", "connected", "graph_address", "wired"]
