"""What one failure costs: debts cleared, distress passed on, guarantors called, and what a book loses.

::

    clearing, rounds, debts   what everybody pays when nobody can pay more than it has
    distress                  losses that eat into the equity of creditors before anybody fails
    calls                     guarantors called when borrowers fail, as one fixed point
    portfolio                 closed forms of a book's losses, without contagion
"""
