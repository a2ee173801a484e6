"""The worked cases about supplies, as calls of the public functions."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from analytics.contagion.distress import Impact
from analytics.contagion.supply.cascade import cascade, shock_of
from analytics.contagion.supply.finance import Loans, Statements, bank_losses
from analytics.contagion.supply.network import ESSENTIAL, IRRELEVANT, REPLACEABLE, SupplyNetwork, essential_matrix
from tests.reference.names import Answer, Inputs, Names

WORDS = {"all_essential": ESSENTIAL, "all_nonessential": REPLACEABLE, "all_irrelevant": IRRELEVANT}


def network_of(inputs: Inputs) -> tuple[Names, SupplyNetwork]:
    """Names and supplies of a case, each seller a mapping from buyer to amount."""
    rows = [(seller, buyer, amount) for seller, to in inputs["W"].items() for buyer, amount in to.items()]
    industry = inputs["industry"]
    names = Names(industry, *(row[:2] for row in rows))
    code = {name: k for k, name in enumerate(sorted(set(industry.values())))}
    said = inputs.get("essential", "all_essential")
    essential = np.array(WORDS[said]) if isinstance(said, str) else essential_matrix(said, code)
    revenue = inputs.get("revenue") or {}
    network = SupplyNetwork.of(
        len(names),
        *(names.numbers(row[end] for row in rows) for end in (0, 1)),
        [row[2] for row in rows],
        industry=[code.get(industry.get(name), -1) for name in names.names],
        essential=essential,
        revenue=[revenue.get(name, np.nan) for name in names.names],
        rationed=bool(inputs.get("market", True)),
    )
    return names, network


def _shock(names: Names, given: Any) -> dict[int, float]:
    """A list of firms that stop, or a mapping from firms to what they lose."""
    losses = given if isinstance(given, Mapping) else dict.fromkeys([given] if isinstance(given, str) else given, 1.0)
    return {names.number.get(name, -1): float(part) for name, part in losses.items()}


def _named(names: Names, values: Iterable[Any]) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names.names, values, strict=True)}


def esri(inputs: Inputs) -> Answer:
    """One shock, or where none is given each firm's failure."""
    names, network = network_of(inputs)
    stop = inputs.get("stop", 1e-9)
    if inputs.get("shock") is None:
        each = [cascade(network, row, stop=stop, schedule="all") for row in np.eye(network.size)]
        told = {"ESRI": "total", "ESRI_d": "total_down", "ESRI_u": "total_up"}
        return {key: _named(names, (getattr(found, name) for found in each)) for key, name in told.items()}
    found = cascade(network, shock_of(network, _shock(names, inputs["shock"])), stop=stop, schedule="all")
    return {
        "ESRI": found.total,
        "ESRI_d": found.total_down,
        "ESRI_u": found.total_up,
        "hd": _named(names, 1 - found.down),
        "hu": _named(names, 1 - found.up),
        "h": _named(names, 1 - found.down),
        "rounds": found.rounds,
    }


ITEMS = {"revenue": ("revenue",), "material": ("material_cost", "material_costs", "material"), "equity": ("equity",)}


def _item(firm: Mapping[str, float], *names: str) -> float:
    return next((float(firm[name]) for name in names if name in firm), float("nan"))


def _liquidity(firm: Mapping[str, float]) -> float:
    """As it is, or short-term assets less short-term liabilities; plenty where nothing is said of it."""
    if "liquidity" in firm:
        return float(firm["liquidity"])
    return float(firm.get("short_term_assets", np.inf)) - float(firm.get("short_term_liabilities", 0.0))


def _statements(firms: Mapping[str, Mapping[str, float]], order: Iterable[str]) -> Statements:
    rows = [firms.get(name, {}) for name in order]
    liquid = [min(_liquidity(row), 1e300) for row in rows]
    return Statements.of(*([_item(row, *names) for row in rows] for names in ITEMS.values()), liquid)


def _given(inputs: Inputs, *names: str) -> Any:
    return next((inputs[name] for name in names if name in inputs), {})


def fsri(inputs: Inputs) -> Answer:
    """Losses by firm, or the fraction of production each keeps; statements, loans by firm and bank, banks' equity."""
    firms, loans = _given(inputs, "firms", "statements"), _given(inputs, "loans", "loan")
    equity = _given(inputs, "bank_equity", "equity_banks", "banks")
    names, banks = Names(firms, loans), Names(equity)
    lost = _given(inputs, "H", "loss", "losses") or {name: 1 - h for name, h in _given(inputs, "h").items()}
    rows = [(firm, bank, owed) for firm, to in loans.items() for bank, owed in to.items()]
    claims = [(debtor, creditor, a) for debtor, to in _given(inputs, "interbank").items() for creditor, a in to.items()]
    owned = [float(equity[bank]) for bank in banks.names]
    ends = (banks.numbers(row[end] for row in claims) for end in (0, 1))
    found = bank_losses(
        [float(lost.get(name, 0.0)) for name in names.names],
        _statements(firms, names.names),
        Loans.of(
            names.numbers(r[0] for r in rows), banks.numbers(r[1] for r in rows), [r[2] for r in rows], equity=owned
        ),
        lgd=inputs.get("lgd", 1.0),
        between=Impact.of(len(banks), *ends, [row[2] for row in claims], equity=owned) if claims else None,
    )
    failed, share = names.of(np.flatnonzero(found.defaulted)), _named(banks, found.share)
    return {
        "default": failed,
        "defaulted": failed,
        "profit_loss": _named(names, found.profit_loss),
        "bank_loss": _named(banks, found.lost),
        "bank_loss_share": share,
        "loss_share": share,
        "FSRI": found.index,
        "FSRI_plus": found.index_with_banks,
        "FSRI+": found.index_with_banks,
        "h": share if found.spread is None else _named(banks, found.spread.h),
    }
