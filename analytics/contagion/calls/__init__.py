"""What guarantors are called for when borrowers fail, and who fails by it.

::

    book      loans, the guarantees behind them, and what firms can pay
    terms     guarantees as contract and law have them: liability, period, the loans each covers
    cascade   the calls, as one fixed point
    causes    which failure each loss goes back to, and along which guarantees

Modules take plain arrays; who fails at first, and what a firm can pay, is said by who asks.
"""
