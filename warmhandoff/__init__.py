"""Warm Handoff: the shared system of a fair-chance employment network."""

__version__ = "0.1.0"
