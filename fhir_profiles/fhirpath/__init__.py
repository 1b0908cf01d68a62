"""FHIRPath N1 over parsed documents: parsed once, run as closures, and told where each value stands."""
