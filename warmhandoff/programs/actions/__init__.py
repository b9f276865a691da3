"""The verbs of programs, a module a subject."""
