"""Who stands and falls together, whoever lends to them.

`circles` has what one party controls, alone or with its relatives, and `concerts` what parties in concert may control
together; from these groups `together` grows those of every reading, by who falls with whom. `promised` adds the
dependences that guarantees offered with a facility would make, `untested` the groups that would arise if what cannot
be tested of a party held. `overfull` finds companies of whose votes too much is stated, and `more_than_all` tells or
refuses them. What is judged and suspected itself comes from `api.engine.dependence`.

Two readings: the narrow one counts control that is certain and dependence that was confirmed, the wide one also control
that is possible within bands, relatives of unstated degree, declared concerts and dependence that figures suggest.
"""
