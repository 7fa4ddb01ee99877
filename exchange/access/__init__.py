"""
Who may do what: clients with bearer tokens, their roles and ports, one table of rights.

Everything is denied that the table does not allow. A token is shown once and only its
digest is stored.
"""
