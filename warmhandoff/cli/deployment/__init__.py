"""What `warmhandoff check --deploy` asks of a deployment before people rely on it.

Each module is a topic and yields findings: what is well, what should be better, what must be mended. Nothing here
changes anything, and no finding shows a password, a key or anything about a person.
"""
