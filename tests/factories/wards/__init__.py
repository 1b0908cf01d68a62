"""A hospital of near misses for questions in plain words: who just fits each of them, and who just does not.

Codes and displays are those that stores of FHIR have, in English and in Korean (`terms.tsv`, `results.tsv`).
"""
