"""Jurisdictions: what differs from place to place, as one TOML file a place, read into a frozen `Place`.

Name, time zone, closed days with their source, office hours, languages, areas, and the three public names (to the network,
to participants, to employers). No place's name stands in any Python file. Neighbours: foundation below; every room above.
"""
