"""A second reading of the same documents, in plain Python without Hilum's date, extraction or tree code.

Slow and simple on purpose. What it answers is what the compiled Cypher must answer.
"""
