"""A population in a graph, in bulk: what the product's commits would write, imported into an empty store.

Nothing of that is said here again. The product's own units decide, in its own groups, and its parts make the
rows; only instead of being sent to a graph these become the files that Neo4j imports. `python -m bench.bulk`
makes a home folder that `hilum up` starts with.
"""
