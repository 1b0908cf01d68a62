"""Which codes the records of a tenant carry, and what these call them."""
