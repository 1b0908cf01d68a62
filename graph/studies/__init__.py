"""Studies, series and instances: how they enter and leave the graph, and what is read of them."""
