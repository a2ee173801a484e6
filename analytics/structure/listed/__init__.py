"""Control of a listed company as a takeover rule tests it, beside the majority of the fixpoint.

A rule is a file of `rules`: which holding, how many votes, how much of the board, and what it takes for
acting in concert, with citations; `rules.py` reads it. `verdicts` puts every investor and every concert
to each test. A test whose facts are not known cannot be tested; it never counts as passed or failed.
"""
