"""De-identification as PS3.15 Annex E has it: its table, and what a project puts for names and dates."""
