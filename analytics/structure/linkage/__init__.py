"""Why parties hang together, how firmly, and since when.

`paths` beside this package finds the ways between parties; here they are understood. `strength` says how much
one link ties, `reasons` groups paths by what they mean, `rings` looks for circles of holdings or guarantees
through two parties, `cut` names the fewest facts without which two parties are no longer tied, and `timeline`
when a link held, where it did not, and when a whole path did. All of it is arithmetic on node numbers and
positions of links; names, sources and words are put to it in `api`.
"""
