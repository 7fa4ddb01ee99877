"""
The conformance kit: the other authority tests its own implementation, alone.

The kit is a party of a test installation. It plays whichever side the partner under test is
not, says what a partner may say, and what it may not, and compares every answer with what
docs/protocol.md asks. ``cases`` is the table of what it says; ``duties`` of what the partner's
officials are asked to do while it listens; ``run`` plays them, ``checks`` compares, ``report``
signs the outcome. Only parties that end in ``:test`` are ever spoken to.
"""
