"""What a holder can owe someone, and for how long it may be put off."""

AFTER_INTAKE = "find_place"
PLAN = "plan"
CALL = "call"
NEXT_STEP_KINDS = ("find_place", "call", "meet", "documents", "check_in", "plan")
LONGEST_WAIT_DAYS = 30
