"""What a holder can owe someone, and for how long it may be put off."""

AFTER_INTAKE = "find_place"
PLAN = "plan"
CALL = "call"
NEXT_STEP_KINDS = ("find_place", "call", "meet", "documents", "check_in", "plan")
LONGEST_WAIT_DAYS = 30

# What each side of a handover that was asked for owes, and the one step of its timer.
ANSWER_HANDOVER = "answer_handover"
AWAIT_HANDOVER = "await_handover"
ASKING_EXPIRES = "asking_expires"
