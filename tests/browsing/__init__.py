"""A real browser and a viewer to open in it: fetched once, locked by digest, for slow tests only."""
