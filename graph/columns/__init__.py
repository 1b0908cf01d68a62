"""What cohort questions look at in most records, held in memory and kept up with what is written (ADR 13)."""
