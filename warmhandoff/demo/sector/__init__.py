"""Three years of SECTOR, made up: a hundred groups of people, told a group at a time behind the first page.

Rates and lags are those of the design's constants (anchored in what the county published); `funnel` counts what was told beside
them. Everything goes through the rooms' own actions, on the clock of its day, and is the same for the same seed.
"""
