"""Families, and what they make of groups and of a lender's own circle.

`degrees/*.toml` says how far kin reaches under a rule, one file a rule; `kin` finds who is kin, `circles`
lets a person and their kin control together, for 集团客户 of 2010, and `lender` collects the related
parties of a lender. What a source does not say of a kinship (its line, its generations) leaves it untested: it
counts in the wide reading alone.
"""
