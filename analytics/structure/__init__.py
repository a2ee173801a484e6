"""Who owns, controls, guarantees and reaches whom.

`votes` turns holdings into votes, `reach` solves who controls what for all owners at once and keeps what
fits, `control` joins what is certain with what is possible and `proof` says by which holdings; `concert`
lets parties that act together be one owner, `standing` says who decides where nobody does alone, and
`listed` holds what takeover law tests beside. `ownership` says who owns what in the end, and `owners` names
beneficial owners and close links by law. `groups` unites what one controller holds, and `connected` adds what
falls with it; `guarantees` counts and unwinds circles of promises; `paths` and `tiers` walk between parties,
and `sourcing` says what a party's supplies rest on.
What is law is data that `analytics.rules` reads. Modules take plain arrays, or a snapshot's links through a
constructor `of`.
"""
