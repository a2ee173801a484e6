"""Small sales, guarantees and loans, and the figures of dependence they make."""

from collections.abc import Iterable, Mapping

import numpy as np

from analytics.structure.dependence.figures import Amounts, Figure, Sheet, Ties, figures

SIZE = 14
Row = tuple[int, int, float]


def amounts(kind: str, rows: Iterable[Row]) -> Amounts:
    given = list(rows)
    tail, head = (np.array([row[end] for row in given], np.uint32) for end in (0, 1))
    return Amounts(kind, tail, head, np.array([row[2] for row in given], np.float64), np.arange(len(given)))


def sheets(**items: Mapping[int, float]) -> dict[str, Sheet]:
    made = {}
    for name, known in items.items():
        value, row = np.full(SIZE, np.nan), np.full(SIZE, -1)
        for party, amount in known.items():
            value[party], row[party] = amount, 100 + party
        made[name] = Sheet(value, row)
    return made


def traded(
    sales: Iterable[Row] = (),
    *,
    receivables: Iterable[Row] = (),
    guarantees: Iterable[Row] = (),
    loans: Iterable[Row] = (),
    debts: Iterable[Row] = (),
    **items: Mapping[int, float],
) -> dict[str, Figure]:
    ties = Ties(
        amounts("SUPPLIES", sales), amounts("SUPPLIES", receivables), amounts("GUARANTEES", guarantees),
        amounts("LENDS", loans), amounts("OWES", debts),
    )  # fmt: skip
    return figures(ties, sheets(**items))


def pairs(figure: Figure) -> dict[tuple[int, int], float]:
    ends = zip(figure.dependant.tolist(), figure.other.tolist(), strict=True)
    return dict(zip(ends, figure.measure.value.tolist(), strict=True))
