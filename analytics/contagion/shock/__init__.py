"""One shock through all layers at once: lost output, called guarantees, unpaid debts, shares worth less.

`firms` is what each has to lose; `layers` what ties them; `coupled` sends a shock through; `causes` tells what led to
a loss, as a tree whose amounts sum to it. Failures only add up: whatever order they are looked for in, the same firms
have failed in the end.
"""
