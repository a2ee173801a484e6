"""Answers on a terminal: the answer first, then why, then by whose word, then as of when.

`frame` prints what all answers have; `parties`, `owners`, `control`, `ties` and `amounts` each lay out some
kinds of answer as tables; `paper` is what they are made of. Facts carry the number of their source, `[3]`, and sources
are listed under these numbers. All that comes from data is text: no markup is read, no control sign passes.
"""

from api.printing.frame import show

__all__ = ["show"]
"""Only `show` is called from outside."""
