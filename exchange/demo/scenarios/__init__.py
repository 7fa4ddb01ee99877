"""
Scenarios: what happened in the field, played again by both sides in simulated time.

A file of TOML says who is decided about, when and where, what the officials of both sides do, and
what the road between them does (``wording``, ``reading``). It is made into deeds (``casting``),
each at its moment, done on the real legs of two real working directories (``sides``, ``deeds``)
under a clock that is moved (``playing``). At the end what both sides found is laid beside what
the scenario must produce (``ending``), which stands in a file that nothing else reads.
"""
