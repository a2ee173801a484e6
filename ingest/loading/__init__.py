"""How a delivery becomes facts.

::

    read ─► stage ─► number parties ─► compare with what is kept ─► write in numbered batches ─► close
             │ check                        │
             ▼                              ├─ fresh     nothing known of it: recorded as stated
         quarantine                         ├─ same      known already: nothing to do
                                            ├─ grouped   the timeline decides, group by group
                                            └─ pending   an end has not arrived: kept until it does

Everything up to the writing repeats exactly: after a kill the same delivery gives the same batches, and
the store knows how many it has.
"""
