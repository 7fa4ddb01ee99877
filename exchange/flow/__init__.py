"""
One leg of the journey per file.

This is the only room that awaits both the store and the network. Each leg reads a row,
decides with a pure function from ``domain`` or ``proof`` and ends in one transaction; the
next leg starts from that row. A leg never calls another leg: it announces that there is
something to look at.
"""
