"""Who would fail with whom, other than by control: computed, then judged.

`criteria/*.toml` says what a rule set asks, one file a rule set; `rules` reads it and `verdicts` compares
figures with it. `figures` computes each figure for all pairs at once from links and statements;
`suspected` holds the figures against the criteria, never stored; `states` sets what was judged beside it:
suspected, confirmed or rejected. What cannot be computed cannot be tested, and never passes.
A new rule set is a new file.
"""
