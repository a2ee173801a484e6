"""Questions and answers: the only layer that reads settings and clocks.

Two ways in, `cli` with its `commands` and `app` with its `routes`, ask the same `questions`. A question is put to a
view of the `engine` and rests on three rooms: `groups` says who stands and falls together, `limits` what binds one
lender, `book` what all of its lending amounts to. What comes back is an answer as `answers` frames it, which
`printing`, `draw` and `report` show. `intake` and `ledger` are the ways in for files and for judgements. Imports go
down only, in the order that `pyproject.toml` lists.
"""
