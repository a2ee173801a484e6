"""What people and the program decided, sealed line by line.

The ledger itself is `api.sealed.chain`: entries, each with a hash over the one before. `judgements` writes what people
judge (dependences, ring fences, which records are one party) and loads it into the store; `decisions` keeps what a
credit check decided under a request's own name, so that it is told again as it was.
"""

from api.sealed.chain import Entry, Ledger, Mark, State

__all__ = ["Entry", "Ledger", "Mark", "State"]
