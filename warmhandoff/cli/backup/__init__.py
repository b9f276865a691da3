"""Dumps of the database, their return into an empty one, and what is compared to prove that nothing is missing.

A dump holds everything but the keys: whoever has a dump and the keys can open answer links, so they are kept apart.
"""
