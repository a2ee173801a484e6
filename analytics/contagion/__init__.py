"""What one failure costs: clearing of what parties owe each other, distress before anybody fails, network valuation.

`debts` is who owes whom. `clearing` and `rounds` say what everybody pays, in two ways. `distress` is one shock along
claims, `frontier` one after the other, `impacts` what each failure alone costs. `neva` values all equities together, by
the `valuations` that make it one of these models or what is expected of a later day.
"""
