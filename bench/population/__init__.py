"""People who do not exist, as many as one likes: charts, pictures and reports, the same for the same seed.

A person's chart follows from the seed and from their number alone, so any of them can be made anywhere and in
any order. Codes are real ones, and as unevenly spread as in a hospital: a few conditions are everybody's.
"""
