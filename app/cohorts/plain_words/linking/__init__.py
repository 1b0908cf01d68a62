"""The codes of what a question names, and names that the lexicon does not hold: looked up or heard."""
