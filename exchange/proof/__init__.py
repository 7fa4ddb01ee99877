"""
How either side proves what was said: pure bytes, which knows nothing of people or handoffs.

``lines`` seals and verifies, ``receipts`` confirms, ``keysets`` publishes the keys, ``keyfiles``
keeps the private ones, ``policy`` says which signatures count, ``custody`` encrypts what is
stored, ``logs`` and ``merkle`` bind a log together, ``notes`` and
``checkpoints`` sign where it stands, ``comparing`` finds where two records of a day differ.
Below them: ``jws``, ``envelope``, ``signatures``, ``algorithms``, ``keys``, ``grammar``,
``encoding``; ``sets``, ``ranges`` and ``bounds`` below the last.
"""
