"""What working capital a borrower needs, and what of it is left to lend."""

from dataclasses import dataclass

from graph.errors import InvalidQuestion

YEAR = 360
"""Days that the formula counts."""


@dataclass(frozen=True)
class Days:
    """Days that money is bound, on average over the year."""

    inventory: float
    receivable: float
    payable: float
    prepaid: float
    """Paid to suppliers before they deliver."""
    advance: float
    """Paid by customers before it delivers."""

    @property
    def bound(self) -> float:
        """From paying to being paid."""
        return self.inventory + self.receivable - self.payable + self.prepaid - self.advance


@dataclass(frozen=True)
class Need:
    """Working capital."""

    turnover: float
    """How often it turns round in a year 营运资金周转次数."""
    capital: float
    """What is needed 营运资金量, unit of the sales."""
    new_limit: float
    """What of it neither own funds nor loans that run cover 新增流动资金贷款额度; negative where they exceed it."""


def working_capital_need(sales: float, profit: float, next_sales: float, days: Days, *, covered: float = 0.0) -> Need:
    r"""Measure a borrower's need of working capital, and what is left to lend.

    .. math:: W = \frac{S \left(1 - \frac{P}{S}\right) \frac{S'}{S}}{T}, \qquad
        T = \frac{360}{d_{inv} + d_{rec} - d_{pay} + d_{pre} - d_{adv}}, \qquad L = W - C

    Parameters
    ----------
    sales : float, whole units of one currency, > 0
        Of last year S.
    profit : float
        On those sales P.
    next_sales : float, > 0
        Expected S'.
    days : Days
        In which money is bound; their sum above 0.
    covered : float
        Own funds, loans for working capital that run, other sources C.

    Raises
    ------
    InvalidQuestion
        If sales are not above 0 or no days are bound.

    Source
    ------
    《流动资金贷款需求量的测算参考》, annex of 流动资金贷款管理暂行办法 (2010), quoted from the domain reference §5.3;
    its worked example is vector SCR-11, which rounds the turnover to two digits.

    Example
    -------
    >>> days = Days(inventory=19.328, receivable=21.662, payable=0.019, prepaid=34.641, advance=1.41)
    >>> found = working_capital_need(20315.74, 903.12, 36500.0, days, covered=3001.22)
    >>> round(found.turnover, 2), round(found.capital, 1), round(found.new_limit, 1)
    (4.85, 7188.8, 4187.6)
    """
    if not (sales > 0 and next_sales > 0):
        raise InvalidQuestion("must be above 0", where="sales")
    if not days.bound > 0:
        raise InvalidQuestion("no money is bound: days to pay exceed the others", where="days")
    turnover = YEAR / days.bound
    capital = (sales - profit) * (next_sales / sales) / turnover
    return Need(turnover, capital, capital - covered)
