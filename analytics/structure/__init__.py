"""Who owns, controls and reaches whom.

`votes` turns holdings into votes, `reach` solves who controls what for all owners at once and keeps what
fits, `control` joins what is certain with what is possible and `proof` says by which holdings; `groups`
unites what one controller holds and what falls with it; `paths` and `tiers` walk between parties.
Modules take plain arrays, or a snapshot's links through a constructor `of`.
"""
