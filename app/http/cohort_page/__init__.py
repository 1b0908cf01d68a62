"""The page of cohorts: a question in plain words or as cards, how many it finds, and whom."""
