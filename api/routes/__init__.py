"""What can be asked over HTTP, one thin function an address: parse, ask, hand the answer on.

`asked` holds the parameters that questions share; `parties`, `lenders` and `links` the questions; `service` the signs
of life and the page that lists it all. Nothing here computes: what an address answers is what the
question of the same name answers.
"""
