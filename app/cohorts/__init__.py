"""Cohort questions: who fits, who cannot be judged and why, and the rows that belong to them."""
