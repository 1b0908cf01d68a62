"""One room per capability; rooms never import one another."""
