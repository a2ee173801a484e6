"""Integrated ownership: who owns what in the end, through all chains and circles, at any depth.

`stakes` makes direct shares possible: pairs added up, own shares redistributed, an undisclosed rest,
companies of which more than all is held by a stated policy. `order` puts components of mutual holdings
in topological order once, and finds closed blocks, which hold all of themselves and have no final owner.
`walks` solves along the arrows and against them; over it stand `row` (what one owner holds), `column`
(who holds one company), `contributions` (by which holdings) and `network` (value and control that flow
together). `pairs` finds every holder above a threshold at once, `bands` bounds what bands leave open
and `reaching` whom they cannot lift over a threshold. `above` cuts out the few that stand above a company.

Where shares are bands, all but `bands` take the low ends: what is held at least. Node numbers are those
of the snapshot; results are sparse and ordered by them.
"""
