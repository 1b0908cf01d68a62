"""From a reading to the question that it means, in the language of cohorts."""
