"""Questions in plain words, English or Korean: what the words mean, and the cohort question that they ask."""
