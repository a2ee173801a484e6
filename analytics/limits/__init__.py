"""What a lender has at stake, by name and by group, and what the rules allow.

::

    exposure ── book ──┐
    cover ─────────────┼─► stakes ──┐
    numerators.toml ───┘            ├─► standing ─┬─► check      every client and group on every rule
    rules/*.toml ─► catalogue ──────┤             └─► lines ─► approval ─┬─► remedies  the least change that passes
    statements ───► capital ────────┘       facility ──┘                 └─► gaps      what could turn the answer

`exposure` adds up facilities and guarantees from a book of plain arrays. A rule is a file of `rules`: what
it counts (a numerator), against what (a denominator), on whom (scope, group kind, class) and how it
compares; `numerators.toml` says what each numerator counts. `standing` works out once what all checks of
one lender on one day share. Groups come in as arrays (`units`), however they were made: a new way to make
groups, a new rule and a new numerator each leave the others as they are.

Money is compared in thousandths of a unit (`threshold`). What is not known never passes: missing capital,
amounts that are not told and rules not verified against their text are told as such and make a check refer.
"""
