"""A made-up network, told through the real actions on a fixed clock: the proof that the rules compose.

Words: story (120 people and eight weeks, told before the first page opens), earlier (280 more, over the year, told behind
it), life (what happened to one person), beat (one thing that happened, when), course (beats in the order that is usual),
mailbox (what a real mail server on this machine received).
Nothing here runs outside a database that `warmhandoff demo` made and marked. Neighbours: every room below; the pages of the demo stand in web/demo.
"""
