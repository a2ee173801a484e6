"""What a lender has at stake, by name and by group.

`exposure` adds up facilities and guarantees from a book of plain arrays; which of it a limit counts,
and against what, belongs to the rules.
"""
