"""What binds one lender: its rules, its capital, what protects its book, and where it stands.

`rulebook` is the catalogue of this installation, `lender` those of its rules in force for a lender, `criteria` by which
of them dependence is suspected. `capital` is what it is measured by, `related` its own circle; `numbered` finds which
facility a number means, and `strays` tells numbers that mean none. `standing` puts all of it together.
"""
