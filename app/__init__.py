"""HTTP and use cases: the gateway itself, on top of the graph."""
