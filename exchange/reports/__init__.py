"""
(10) Reports: figures folded from one side's store, then shown.

A report reads; it changes nothing, and it knows nothing of how the other side counts. Every
figure is of one side: what both agree on is compared elsewhere. ``document`` says what a report
is; ``composing`` makes one of an account; ``forms`` shows any.
"""
