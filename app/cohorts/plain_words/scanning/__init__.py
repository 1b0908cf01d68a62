"""From a question to signs: what each stretch of it says by itself, whatever stands around it."""
