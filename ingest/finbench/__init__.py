"""LDBC FinBench snapshots: companies, persons, who invests in, guarantees and borrows, as `|`-separated files.

::

    files     which file is which, and its columns
    cells     one batch of one file: columns read, rows that cannot be used
    source    the files in their order; loans are kept until those who applied for them come

What the format leaves open is settled here:

1.  A number can be a company and a person at once, so ids are `SOURCE:company-423` and `SOURCE:person-423`.
2.  `createTime` is the instant of the source's statement; its day is the first one true.
3.  `ratio` is the share held directly. Shares are kept as they are, also where those of a company add up to more.
4.  Who lends, and in which currency, the user says (`lender`, `currency`). A lender with a colon is the id of a
    party that is known; another word makes `SOURCE:lender-WORD`.
5.  `balance` is what is outstanding and so drawn. What of `loanAmount` it falls short of was paid back: a loan is not
    drawn twice, so nothing is undrawn.
6.  A guarantee names no debt, no creditor and no amount; all three stay unknown.
7.  `isBlocked` is a remark: no day is told on which it happened, and a blocked company is neither dissolved nor
    insolvent.
"""

from ingest.finbench.source import FinBench

__all__ = ["FinBench"]
