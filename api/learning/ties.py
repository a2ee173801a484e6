"""Links of a moment between nodes, with what is at stake on each for the one who would lose by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.columns import ALWAYS, FOREVER
from graph.field import Kind
from graph.holding import EPOCH_DAY
from graph.links import Links
from graph.model import (
    CONTROLS,
    DEPENDS_ON,
    GUARANTEE_FORMS,
    GUARANTEES,
    HOLDS_OFFICE,
    LENDS,
    LIABILITIES,
    OWES,
    OWNS,
    PLEDGES,
    RELATED_TO,
    RELATIONSHIPS,
    SUPPLIES,
    VERDICTS,
)
from graph.snapshot import Snapshot

Numbers = NDArray[np.float64]
YEAR: Final = 365.0
MONTH: Final = YEAR / 12
WALKED: Final = (OWNS, CONTROLS, GUARANTEES, PLEDGES, LENDS, OWES, SUPPLIES, DEPENDS_ON, HOLDS_OFFICE, RELATED_TO)


@dataclass(frozen=True)
class Tied:
    """m links of one relation between nodes."""

    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    stake: Numbers
    fact: NDArray[np.int64]
    details: Mapping[str, NDArray[np.float32]]

    def some(self, chosen: NDArray[np.intp]) -> "Tied":
        """A part of them."""
        details = {name: column[chosen] for name, column in self.details.items()}
        return Tied(self.tail[chosen], self.head[chosen], self.stake[chosen], self.fact[chosen], details)


def tied(snapshot: Snapshot, equity: Numbers, *, dated: bool) -> dict[str, Tied]:
    """Links by relation; those of RELATED_TO by its kind, such as `RELATED_TO.address`; relations without are left out.

    Without days, months to a link's end are missing: they would hang on the day that is asked. `equity` is that of each
    node in the moment's currency, for what a share of it is worth.
    """
    found: dict[str, Tied] = {}
    for kind in WALKED:
        links = snapshot.links(kind)
        if not len(links):
            continue
        whole = _tied(links, equity, (snapshot.moment.valid_at - EPOCH_DAY).days if dated else None)
        if kind is RELATED_TO:
            code = links.fields["kind"]
            for word in np.unique(code[code >= 0]):
                found[f"{kind.name}.{RELATIONSHIPS[word]}"] = whole.some(np.flatnonzero(code == word))
        elif kind is DEPENDS_ON:
            confirmed = np.flatnonzero(links.fields["verdict"] == VERDICTS.index("confirmed"))
            found |= {kind.name: whole.some(confirmed)} if len(confirmed) else {}
        else:
            found[kind.name] = whole
    return found


def _tied(links: Links, equity: Numbers, today: int | None) -> Tied:
    stake = _stake(links, equity)
    details = _DETAILS.get(links.kind.name, _nothing)(links, today)
    plain = {name: np.asarray(column, np.float32) for name, column in details.items()}
    return Tied(links.tail, links.head, stake, links.fact.astype(np.int64), plain)


def _stake(links: Links, equity: Numbers) -> Numbers:
    fields, kind = links.fields, links.kind
    if kind is SUPPLIES:
        # What the seller is owed: stated, else what its terms leave unpaid, else a year's sales.
        terms = fields["amount"] * np.minimum(_known(fields["term_days"]), YEAR) / YEAR
        return _first(_first(fields["receivable"], terms), fields["amount"])
    if kind is OWNS:
        share = (fields["share_low"] + fields["share_high"]) / 2
        worth = np.where(fields["share_known"], share, np.nan) * equity[links.head]
        return np.where(worth >= 0, worth, np.nan)
    money = _MONEY.get(kind.name)
    return np.full(len(links), np.nan) if money is None else np.array(fields[money])


def _first(said: Numbers, else_: Numbers) -> Numbers:
    return np.where(np.isnan(said), else_, said)


def _known(numbers: NDArray[np.float64]) -> Numbers:
    return np.asarray(numbers, np.float64)


def _months(days: NDArray[np.int32], today: int | None) -> Numbers:
    """Months from today, NaN where no day is said, or none is today."""
    if today is None:
        return np.full(len(days), np.nan)
    ahead = (days.astype(np.float64) - today) / MONTH
    return np.where((days == ALWAYS) | (days == FOREVER), np.nan, ahead)


def _flag(codes: NDArray[np.int8], word: int) -> Numbers:
    """1 and 0, NaN where nothing is said."""
    return np.where(codes < 0, np.nan, codes == word)


def _nothing(_links: Links, _today: int | None) -> dict[str, Numbers]:
    return {}


def _of_guarantees(links: Links, today: int | None) -> dict[str, Numbers]:
    fields = links.fields
    return {
        "joint": _flag(fields["liability"], LIABILITIES.index("joint")),
        "pledge": _flag(fields["form"], GUARANTEE_FORMS.index("pledge")),
        "months_left": _months(fields["expires"], today),
    }


def _of_loans(links: Links, today: int | None) -> dict[str, Numbers]:
    return {"months_left": _months(links.fields["maturity"], today)}


def _of_debts(links: Links, _today: int | None) -> dict[str, Numbers]:
    return {"seniority": _known(links.fields["seniority"])}


def _of_supplies(links: Links, _today: int | None) -> dict[str, Numbers]:
    return {"term_days": _known(links.fields["term_days"])}


_MONEY: Final = {GUARANTEES.name: "amount", OWES.name: "amount", LENDS.name: "drawn", PLEDGES.name: "value"}
_DETAILS: Final[Mapping[str, Callable[[Links, int | None], dict[str, Numbers]]]] = {
    GUARANTEES.name: _of_guarantees, LENDS.name: _of_loans, OWES.name: _of_debts, SUPPLIES.name: _of_supplies,
}  # fmt: skip


def kind_of(relation: str) -> Kind:
    """The kind of fact behind a relation of a panel."""
    return next(kind for kind in WALKED if kind.name == relation.split(".", maxsplit=1)[0])
