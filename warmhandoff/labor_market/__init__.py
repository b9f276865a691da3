"""Labor market: which occupations there are and what they pay, and what may be paid at least.

Words: occupation (SOC), wage (hourly, of a place's survey area and vintage), target sector (what a place's network trains for),
wage floor (the least an hour pays at a work address on a day, with its source). About nobody: everyone reads it.
"""
