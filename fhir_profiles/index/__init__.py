"""What search compares: extracted from a resource, folded, as intervals."""
