"""The verbs of casework, a module a subject: services given, how somebody stands, the plan, coaching."""
