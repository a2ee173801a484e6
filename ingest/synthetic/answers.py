"""What is true in the planted parts, by plain methods that share nothing with the product's analytics.

Facts at a moment: of what was stated by then about one pair, the newest that holds on the day. Control:
add up votes until nothing changes. Everything is keyed by the names of the cast.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from ingest.synthetic import bank, collateral, credit, group_b, platform, reports
from ingest.synthetic.cast import ABROAD, BANK_LIST, CAST, LENDERS, MEMBERS, PLATFORM, REGISTER, Actor
from ingest.synthetic.group_b import LATE
from ingest.synthetic.shocks import SHOCKS

MOMENTS: Final = (
    ("2022-06-30", "2022-07-31"),
    ("2023-06-30", "2022-07-31"),
    ("2023-06-30", "2023-07-31"),
    ("2024-06-30", "2024-12-31"),
    ("2023-06-30", "2025-06-30"),
    ("2024-06-30", "2025-06-30"),
    ("2024-12-31", "2025-01-31"),
    ("2024-12-31", "2025-06-30"),
)
"""Days in the world, and days (first instant, UTC) by which it was known."""
CROWD: Final = ("J", "Y", "C", "N", "G", "K")
_ABROAD: Final = (
    # holder, company, low, high, start, end, stated
    ("H", "O", 0.5 + 1e-9, 0.75, "2021-06-01", None, "2022-03-10"),
    ("H", "O", 0.7, 0.7, "2024-05-01", None, "2024-05-20"),
)


def shares_at(valid_at: str, known_at: str) -> dict[tuple[str, str], float]:
    """Least share of each holding that is known on one day to hold on another."""
    told: dict[tuple[str, str], list[tuple[str, str, str | None, float]]] = defaultdict(list)
    for said in group_b.HOLDINGS:
        if said.stated <= known_at:
            share = -1.0 if said.op == "撤销" else said.share / 100
            told[said.holder, said.company].append((said.start, said.stated, said.end, share))
    for holder, company, low, _, start, end, stated in _ABROAD:
        if stated <= known_at:
            told[holder, company].append((start, stated, end, low))
    held = {}
    for pair, rows in told.items():
        begun = [row for row in rows if row[0] <= valid_at]
        if begun:
            _, _, end, share = max(begun)
            if share >= 0 and (end is None or valid_at < end):
                held[pair] = share
    return held


def control_at(valid_at: str, known_at: str) -> dict[str, list[str]]:
    """Whom each party of B集团 controls: more than half of the votes with all it controls, or by agreement."""
    held = shares_at(valid_at, known_at)
    agreed: dict[tuple[str, str], str | None] = {}
    for said in sorted(group_b.CONTROLS, key=lambda control: control.stated):
        if said.stated <= known_at and said.start <= valid_at:
            agreed[said.controller, said.company] = said.end
    told = {pair for pair, end in agreed.items() if end is None or valid_at < end}
    parties = sorted({party for pair in held for party in pair})
    return {owner: found for owner in parties if (found := sorted(_controlled(owner, held, told)))}


def _controlled(owner: str, held: Mapping[tuple[str, str], float], told: set[tuple[str, str]]) -> set[str]:
    inside = {owner}
    while True:
        votes: Counter[str] = Counter()
        for (holder, company), share in held.items():
            if holder in inside:
                votes[company] += round(share * 1e9)
        more = {company for company, sum_ in votes.items() if sum_ > 500_000_000}
        more |= {company for controller, company in told if controller in inside}
        if more <= inside:
            return inside - {owner}
        inside |= more


def exposure_at(valid_at: str, known_at: str) -> dict[str, dict[str, float]]:
    """What the first bank has at stake with each member, in yuan: drawn, undrawn, and drawn with the weighted rest."""
    newest: dict[str, group_b.Facility] = {}
    for facility in group_b.FACILITIES:
        if facility.lender == "BK1" and facility.stated <= min(valid_at, known_at):
            newest[facility.number] = facility
    found: dict[str, dict[str, float]] = {key: {"drawn": 0.0, "undrawn": 0.0, "weighted": 0.0} for key in MEMBERS}
    for facility in newest.values():
        price = price_on(facility.currency, valid_at)
        line = found[facility.borrower]
        line["drawn"] += facility.drawn * price
        line["undrawn"] += facility.undrawn * price
        line["weighted"] += (facility.drawn + facility.ccf * facility.undrawn) * price
    return {key: {name: round(amount, 2) for name, amount in line.items()} for key, line in found.items()}


def price_on(currency: str, day: str) -> float:
    """Yuan for one unit: the last price on or before the day."""
    if currency == "CNY":
        return 1.0
    known = date.fromisoformat(day)
    while known.weekday() > 4:
        known -= timedelta(1)
    return reports.rate(currency, known)


def tiers_above(maker: str) -> list[list[str]]:
    """Who supplies a maker: tier by tier, each firm in the nearest."""
    seen, found, front = {maker}, [], {maker}
    while front:
        front = {link.supplier for link in platform.LINKS if link.buyer in front} - seen
        seen |= front
        if front:
            found.append(sorted(front))
    return found


def single_sources() -> list[dict[str, str]]:
    """Parts of the web that a buyer gets from one firm only."""
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    for link in platform.WEB:
        sources[link.buyer, link.product].add(link.supplier)
    return [
        {"buyer": buyer, "product": product, "supplier": next(iter(found))}
        for (buyer, product), found in sorted(sources.items())
        if len(found) == 1
    ]


def known_answers() -> dict[str, Any]:
    """Everything known of the planted parts."""
    return {
        "demo": {
            "valid_at": "2024-12-31", "known_at": "2025-06-30", "currency": "CNY", "lender": CAST["BK1"].registered,
            "group": CAST["H"].registered, "from": CAST["M3"].registered, "to": CAST["X"].registered,
            "maker": CAST[platform.MAKER].registered, "start_up": CAST["START"].registered,
        },
        "parties": {key: _told(actor) for key, actor in CAST.items()},
        "group_b": _group_b(),
        "abroad": _abroad(),
        "start_up": _start_up(),
        "supply_web": {
            "maker": platform.MAKER,
            "tiers": tiers_above(platform.MAKER),
            "single_sources": single_sources(),
        },
        "credit": _credit(),
        "shocks": [shock.told() for shock in SHOCKS],
        "collateral": collateral.told(),
        "lenders": {key: {"tier1": (reports.TIER_1 - 15_000 * at) * 1e4} for at, key in enumerate(LENDERS)},
    }  # fmt: skip


def _credit() -> dict[str, Any]:
    """What the first bank is asked, and what it may have at stake with whom by its limits; all in yuan."""
    valid_at, known_at = "2024-12-31", "2025-06-30"
    tier1, stakes = reports.TIER_1 * 1e4, exposure_at(valid_at, known_at)
    group = sum(stakes[key]["weighted"] for key in control_at(valid_at, known_at)["J"] if key in stakes)
    buyer = sum(f.drawn + f.ccf * f.undrawn for f in credit.FACILITIES if f.stated == valid_at)
    return {
        "valid_at": valid_at, "known_at": known_at, "currency": "CNY", "lender": CAST["BK1"].registered,
        "group_limit": 0.2 * tier1, "group": group, "supplier_and_buyer": buyer, "rule": "CN_LE_GROUP_20",
        "applications": [
            {"name": a.name, "applicant": CAST[a.applicant].registered, "amount": a.amount, "verdict": a.verdict}
            for a in credit.APPLICATIONS
        ],
    }  # fmt: skip


def _abroad() -> dict[str, Any]:
    """What the registers abroad say that others do not, by record."""
    return {
        "source": ABROAD, "updated": "REL-1", "closed": "REL-2", "band": [0.5, 0.75], "band_until": "2024-05-01",
        "share_after": 0.7, "trust": "ENT-T", "settlor": "PER-S", "trustee": "ENT-TC", "anonymous": "PER-B",
        "nomination": "ENT-N", "nominee": "PER-N", "nominator": "PER-S",
        "rivals": {"holder": "O", "company": "M8", "used": REGISTER, "share": 1.0, "shown": ABROAD},
    }  # fmt: skip


def _told(actor: Actor) -> dict[str, Any]:
    ids = [actor.registered]
    if actor.key in (*group_b.BORROWERS, *credit.BORROWERS, *collateral.BORROWERS):
        ids.append(f"{BANK_LIST}:{bank.customer_of(actor.key)}")
    if actor.kind == "Bank":
        ids.append(f"{BANK_LIST}:{actor.key}")
    if actor.key in platform.ON_PLATFORM:
        ids.append(f"{PLATFORM}:{platform.member_of(actor.key)}")
    if actor.key in ("H", "M8", "O"):
        ids.append(f"{ABROAD}:ENT-{actor.key}")
    return {"id": ids[0], "ids": ids, "name": actor.name, "english": actor.english, "kind": actor.kind}


def _group_b() -> dict[str, Any]:
    return {
        "members": list(MEMBERS),
        "bank": "BK1",
        "corrected": LATE,
        "control": [_moment(valid_at, known_at) for valid_at, known_at in MOMENTS],
        "exposure": [_at_stake(valid_at, known_at) for valid_at, known_at in MOMENTS if valid_at >= "2023-12-31"],
        "guarantee_ring": ["M2", "M3", "M6"],
        "guarantees": [vars(guarantee) for guarantee in group_b.GUARANTEES],
        "cross_holding": ["M1", "M2"],
        "path_through_nominee": {
            "from": "M3", "to": "X", "valid_at": "2024-12-31", "known_at": "2025-06-30",
            "nodes": ["M3", "H", "J", "N", "X"], "kinds": ["OWNS", "OWNS", "RELATED_TO", "OWNS"],
        },
        "names": [
            {"party": "H", "known_at": "2022-07-31", "name": "B集团实业有限公司"},
            {"party": "H", "known_at": "2023-07-31", "name": CAST["H"].name},
        ],
    }  # fmt: skip


def _moment(valid_at: str, known_at: str) -> dict[str, Any]:
    control = control_at(valid_at, known_at)
    controllers: dict[str, list[str]] = defaultdict(list)
    for owner, found in control.items():
        for company in found:
            controllers[company].append(owner)
    ultimate = {company: [o for o in owners if o not in controllers] for company, owners in sorted(controllers.items())}
    return {"valid_at": valid_at, "known_at": known_at, "controls": control, "ultimate": ultimate}


def _at_stake(valid_at: str, known_at: str) -> dict[str, Any]:
    lines = exposure_at(valid_at, known_at)
    groups = {
        owner: _sum(lines[key] for key in found if key in lines)
        for owner, found in control_at(valid_at, known_at).items()
        if owner in CROWD and "H" in found
    }
    return {
        "valid_at": valid_at, "known_at": known_at, "currency": "CNY", "members": lines, "groups_of": groups,
        "all_members": _sum(lines.values()),
    }  # fmt: skip


def _sum(lines: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for line in lines:
        total.update(line)
    return {name: round(amount, 2) for name, amount in total.items()}


def _start_up() -> dict[str, Any]:
    total = sum(link.amount for link in platform.START_UP)
    return {
        "party": "START", "buyer": "BUYER", "sales": total,
        "share_of_sales": {link.buyer: link.amount / total for link in platform.START_UP},
        "receivable": sum(link.receivable for link in platform.START_UP),
        "term_days": platform.START_UP[0].term_days, "statements": 1, "facilities": 0,
    }  # fmt: skip
