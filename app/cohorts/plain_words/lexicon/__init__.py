"""The English-Korean lexicon: what clinicians and patients call things, and the codes that stand for them.

The tables (`*.tsv`) are Hilum's own work, under CC0 (`LICENSE`); docs/lexicon.md says how a row is written.
"""
