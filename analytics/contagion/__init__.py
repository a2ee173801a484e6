"""What one failure costs: debts cleared, distress passed on, guarantors called, output lost, and all of them together.

::

    debts, clearing, rounds       what everybody pays when nobody can pay more than it has, in two ways
    distress, frontier, impacts   losses that eat into the equity of creditors: one shock, many, every firm
    neva, valuations              all equities valued together, as these models or as what is expected of a later day
    calls                         guarantors called when borrowers fail, as one fixed point
    supply                        what stands still for want of inputs and of orders
    shock                         one shock through all layers, and what each loss goes back to
    portfolio                     a book's losses: closed forms, drawn years with contagion and without, reverse stress
"""
