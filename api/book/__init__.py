"""A lender's whole book: what it has lent, to whom, and under which limits and guarantees.

`lending` has its clients, what each owes and the groups they form; `check` holds all of it against every limit, in
both readings; `guaranteed` has the guarantees around it and what each guarantor may be called for.
"""
