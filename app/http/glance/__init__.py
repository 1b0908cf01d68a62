"""The window on one patient at a glance: what is there, when it was, and what changed since."""
