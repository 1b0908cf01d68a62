"""A cohort question in words, English and Korean, made from its tree alone, and read as that tree again."""
