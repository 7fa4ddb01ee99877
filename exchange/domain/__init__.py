"""
What the agreement says, and nothing else.

Pure: no waiting, clock, chance, logging, files, SQL or keys. Time is an argument. The only
data read from outside the arguments are the zone rules of the pinned package ``tzdata``.
"""
