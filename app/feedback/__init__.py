"""How final reads of pictures turned out: what tells so later, whom it concerns, and what may be counted.

Pure: functions of a chart. `lessons.py: lessons` is the way in; it stands on `matching.py`, which pairs
`reads.py` with `outcomes.py` by what is said in them (`findings.py`, `diseases.py`).
"""
