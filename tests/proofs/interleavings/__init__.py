"""Interleavings: transactions of four database backends that are open at once, and whose statements alternate.

A *backend* is a thread with a connection of its own. It does one transaction at a time: a verb of the product as its actor, or
a press on an answer link through the web's own view. It stops before each statement it has no leave for, and once more before
its commit. Hypothesis says which backend goes on, and how far; so the order of statements is its choice and not chance. One
that waits for a lock is left waiting while the others go on, until whoever holds the lock has ended.

An *interleaving* is a transaction into which a step of another transaction fell.

After each commit, and after each transaction that was refused or rolled back, everything is proved over all rows (`ledger`):
P1 to P4 and P8 by the same queries as `warmhandoff check`, P6 by what was acknowledged. The histories are small, and the queries
prepared, so that nothing needs to be left for later.
"""
