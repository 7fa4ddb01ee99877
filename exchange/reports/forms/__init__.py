"""
The forms in which a report leaves: each knows ``reports.document`` and nothing of its making.

Every form says the same figures. Those for a person have words in one of the two languages;
JSON has none.
"""
