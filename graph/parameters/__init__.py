"""Search parameters that a tenant added, and the values that resources have for them."""
