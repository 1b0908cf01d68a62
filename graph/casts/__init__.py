"""Contexts that applications of one person share (FHIRcast): the topic of each person, and who listens."""
