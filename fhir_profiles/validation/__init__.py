"""Whether a resource is one: structure, primitives, invariants."""
