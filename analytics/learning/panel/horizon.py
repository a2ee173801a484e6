"""How far a label looks ahead."""

from datetime import date

from graph.moment import months_on


def ends(day: date, months: int) -> date:
    r"""Find the same day so many months on, or the last of that month: the last day that counts for a label.

    .. math:: d \mapsto \min(d + m \text{ months}, \text{last day of that month})

    Parameters
    ----------
    day : date
        That is looked ahead from.
    months : int
        m; below 0 looks back.

    Raises
    ------
    Nothing.

    Source
    ------
    A definition.

    Example
    -------
    >>> ends(date(2023, 8, 31), 6)
    datetime.date(2024, 2, 29)
    """
    return months_on(day, months)
