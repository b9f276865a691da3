"""Foundation: what every room stands on, and no word of the field.

Scoping (who acts, for which organization, seeing which data classes), row policies, the one clock,
actors, contact points, duties, timers, messages, one-use form keys, state machines, promises.
Neighbours: nothing below; every room above.
"""
