"""What a cohort question says: its form, its words, its normal form."""
