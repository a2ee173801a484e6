"""A small world with everything a question can meet: a pyramid, a ring, a hub, rivals, a correction."""

from pathlib import Path
from typing import Any

import pytest

from api.engine import Engine, Place
from tests.api.learning.served import promoted, run_of
from tests.api.world import Book, day, instant

CLOCK = instant("2025-06-30T08:00:00")
CAPITAL = {"tier1": 1e9, "net_capital": 1.2e9}

B, HOLD, MINE, SHOP, RING1, RING2 = (f"register:{n}" for n in ("b", "hold", "mine", "shop", "ring1", "ring2"))
PERSON, NOMINEE, STATE, SOE = "register:person", "register:nominee", "register:state", "register:soe"
BANK, BUYER, ALONE = "bank:bank", "register:buyer", "register:alone"
SUPPLIERS = [f"register:s{n:03d}" for n in range(300)]
HOSTILE = "register:hostile"

NAMES = {
    B: "澜汀集团有限公司",
    HOLD: "Keladak Holdings Limited",
    MINE: "岚禾矿业有限公司",
    SHOP: "霁岑贸易有限公司",
    RING1: "珀陌担保有限公司",
    RING2: "峦砚担保有限公司",
    PERSON: "赵某岚",
    NOMINEE: "钱某衡",
    STATE: "某省国资委",
    SOE: "屿浔能源有限公司",
    BANK: "沅漪银行",
    BUYER: "Voraven Motors GmbH",
    ALONE: "Nobody's Friend Ltd",
    HOSTILE: "</script><img src=x onerror=alert(1)>",
}


def owns(tail: str, head: str, share: object, **more: object) -> tuple[str, dict[str, object]]:
    return "OWNS", {"from": tail, "to": head, "share": share, "directness": "direct", **more}


def capital(end: str) -> list[tuple[str, dict[str, Any]]]:
    """The bank's capital at the end of a quarter."""
    said = {"party": BANK, "period_end": day(end), "months": 0, "standard": "CN", "unit": "CNY", "source": "bank"}
    return [("Statement", {**said, "item": name, "value": value}) for name, value in CAPITAL.items()]


def world(folder: Path) -> Book:
    """Two loads of a register, one of a bank, and a correction."""
    book = Book(folder / "columns")
    persons = {PERSON: "Person", NOMINEE: "Person", STATE: "State"}
    mine = [party for party in (*NAMES, *SUPPLIERS) if party != BANK]
    profiles = [("Profile", {"party": p, "name": NAMES.get(p, f"供应商{p[-3:]}号")}) for p in mine]
    first = [
        *profiles,
        ("Identifier", {"party": B, "scheme": "CN-USCC", "value": "91350100M000100Y43", "verified": True}),
        ("Statement", {"party": B, "period_end": day("2023-12-31"), "months": 12, "standard": "CAS",
                       "item": "total_assets", "value": 5e9, "unit": "CNY"}),
        owns(PERSON, B, 0.51, valid_from=day("2020-01-01")),
        owns(NOMINEE, B, (0.25, 0.5, 1), valid_from=day("2020-01-01")),
        owns(B, HOLD, 0.6),
        owns(HOLD, MINE, 0.4),
        owns(B, MINE, 0.2),
        owns(MINE, SHOP, 0.5, valid_to=day("2024-07-01")),
        owns(STATE, SOE, 1.0),
        owns(SOE, B, 0.1, valid_from=day("2024-01-01")),
        owns(HOSTILE, ALONE, 0.3, note="<b>remark</b>"),
        ("CONTROLS", {"from": HOLD, "to": RING1, "basis": "vie", "directness": "direct"}),
        ("GUARANTEES", {"from": RING1, "to": RING2, "creditor": BANK, "amount": 8e7, "currency": "CNY",
                        "liability": "joint", "facility_id": "F2"}),
        ("GUARANTEES", {"from": RING2, "to": MINE, "creditor": BANK, "amount": 3e7, "currency": "CNY",
                        "facility_id": "F1"}),
        ("GUARANTEES", {"from": MINE, "to": RING1, "creditor": BANK, "currency": "CNY", "facility_id": "F3"}),
        ("HOLDS_OFFICE", {"from": PERSON, "to": RING2, "role": "董事长"}),
        ("RELATED_TO", {"from": PERSON, "to": NOMINEE, "kind": "nominee"}),
        ("SUPPLIES", {"from": SHOP, "to": BUYER, "amount": 4e8, "currency": "CNY", "product": "copper"}),
        ("SUPPLIES", {"from": MINE, "to": SHOP, "amount": 2e8, "currency": "CNY", "product": "ore"}),
        ("DEPENDS_ON", {"from": SHOP, "to": BUYER, "criterion": "half of sales", "verdict": "confirmed",
                        "reason": "92% of sales", "author": "analyst"}),
        *[("SUPPLIES", {"from": s, "to": BUYER, "amount": 1e6 + n, "currency": "CNY", "product": f"part {n}"})
          for n, s in enumerate(SUPPLIERS)],
    ]  # fmt: skip
    book.load({p: persons.get(p, "Company") for p in mine}, first, closed_at=instant("2024-02-01T00:00:00"))
    facilities = [
        ("LENDS", {"from": BANK, "to": to, "facility_id": f"F{n}", "kind": "loan", "drawn": drawn, "undrawn": undrawn,
                   "ccf": 0.4, "currency": "CNY", "source": "bank"})
        for n, (to, drawn, undrawn) in enumerate([(MINE, 5e7, 1e7), (RING2, 9e7, None), (SHOP, 2e7, 0.0)], start=1)
    ]  # fmt: skip
    name = (
        "Profile",
        {"party": BANK, "name": NAMES[BANK], "source": "bank", "rule_sets": "CN", "lender_class": "commercial bank"},
    )
    rival = owns(B, HOLD, 0.55, source="bank")
    officer = ("HOLDS_OFFICE", {"from": NOMINEE, "to": BANK, "role": "董事", "source": "bank"})
    book.load({BANK: "Company"}, [name, *capital("2023-12-31"), *facilities, rival, officer], source="bank", trust=0.4,
              closed_at=instant("2024-03-01T00:00:00"))  # fmt: skip
    said = owns(PERSON, B, 0.51, valid_from=day("2020-01-01"))
    corrected = owns(PERSON, B, 0.49, valid_from=day("2020-01-01"), revision=1)
    book.load({}, [corrected, *capital("2024-12-31")], end=[said],
              closed_at=instant("2025-01-15T00:00:00"))  # fmt: skip
    return book


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a store with the small world, and a model that is served."""
    folder = tmp_path_factory.mktemp("world")
    world(folder)
    promoted(folder, run_of(folder))
    return folder


@pytest.fixture(scope="session")
def engine(folder: Path) -> Engine:
    """An engine over the small world, on a fixed day."""
    place = Place(folder)
    return Engine(place, place.facts(), clock=lambda: CLOCK)
