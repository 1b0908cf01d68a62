"""Extracts: durable jobs that hand a cohort over, as pictures and tables that tell nobody who is in it."""
