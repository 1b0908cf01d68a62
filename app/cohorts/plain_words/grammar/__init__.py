"""From signs to a reading: what belongs together, what is denied, and what is asked for."""
