"""Desk of the demo: be someone else, read the mailbox, let time pass, see the proof. Outside the demo none of it is there."""
