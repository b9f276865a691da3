"""Programs: who may take part in what, who does, and what they did there.

Words: program (its rules and names change by date), funding, contract (an organization delivers a program, within slots and areas),
criterion and proof, enrollment, exit, cohort, session, attendance, dosage, training, credential, paid work, timesheet.
The highest room built so far: enrolling closes the referral that led to it, and taking part is of the class `program`.
"""
