"""Whom a scenario hits at a moment, and how hard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.coupled import Shock
from api.contagion.figures import known_of
from api.engine import View
from api.questions.asking import node_of
from api.questions.shocks.scenario import Scenario, Stopped
from graph.errors import InvalidQuestion
from graph.snapshot import Snapshot

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Hit:
    """Whom a scenario hits, and which of its marks fit nobody."""

    shock: Shock
    absent: tuple[Stopped, ...]


def shock_of(view: View, scenario: Scenario) -> Hit:
    """The shock of a scenario. Raises UnknownParty, and InvalidQuestion where a mark, or all of it, fits nobody."""
    size = view.snapshot.size
    failed = [node_of(view.snapshot, one, where=f"failed.{place}") for place, one in enumerate(scenario.failed)]
    kept, absent, remedy = np.ones(size), list[Stopped](), "look at the codes of profiles and the products of supplies"
    for place, one in enumerate(scenario.stopped):
        lost = _lost(view, one, f"stopped.{place}")
        if not lost.any():
            if scenario.absent == "refused":
                raise InvalidQuestion("fits nobody here", where=f"stopped.{place}", remedy=remedy)
            absent.append(one)
        kept *= 1 - lost
    if scenario.stopped and len(absent) == len(scenario.stopped) and not (failed or scenario.lost or scenario.rates):
        raise InvalidQuestion("fits nobody here", where="stopped", remedy=remedy)
    lost = np.zeros(size)
    for party, amount in scenario.lost.items():
        lost[node_of(view.snapshot, party, where="lost")] += amount
    return Hit(Shock.of(size, failed, stopped=1 - kept, lost=lost), tuple(absent))


def _lost(view: View, one: Stopped, where: str) -> Numbers:
    """Fraction of its output that each loses by one mark of a scenario."""
    snapshot = view.snapshot
    fits = np.ones(snapshot.size, np.bool_)
    if one.parties:
        fits[:] = False
        fits[[node_of(snapshot, party, where=f"{where}.parties") for party in one.parties]] = True
    if one.industry:
        fits &= _traits(snapshot, "industry", one.industry, anywhere=False)
    if one.region:
        fits &= _traits(snapshot, "jurisdiction", one.region, anywhere=False) | _traits(
            snapshot, "address", one.region, anywhere=True
        )
    part = _selling(view, one.product) if one.product else 1.0
    return np.asarray(fits * one.share * part, np.float64)


def _traits(snapshot: Snapshot, field: str, wanted: str, *, anywhere: bool) -> Flags:
    """Who states a text that begins like this, or has it anywhere."""
    traits, sought = snapshot.traits(field), wanted.casefold()
    words = [word.casefold() for word in traits.words]
    return traits.any_of([sought in word if anywhere else word.startswith(sought) for word in words])


def _selling(view: View, product: str) -> Numbers:
    """What part of each one's revenue, or of its known sales where these are more, is of a product."""
    trade, words = view.trade, view.products
    wanted = [number for number, word in enumerate(words) if product.casefold() in word.casefold()]
    amount, size = np.nan_to_num(trade.amount), view.snapshot.size
    of_it = np.isin(trade.product, wanted)
    sold = np.bincount(trade.tail[of_it], amount[of_it], minlength=size)
    whole = np.maximum(np.bincount(trade.tail, amount, minlength=size), np.nan_to_num(known_of(view).revenue))
    return np.divide(sold, whole, out=np.zeros(size), where=whole > 0)
