"""The ledger's file, line by line sealed, and what stands in it of models: who promoted which.

::

    chain        one line an entry, each with the hash of the one before
    promotions   which run of a model is served, by whose word
"""
