"""Whether a resource conforms beyond its structure: invariants, targets, bindings, extensions, profiles."""
