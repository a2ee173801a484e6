"""The worked case INT-01 as facts in a real store: a bank, its clients, who holds, guarantees and supplies whom."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.ingest.loading.small import SOURCE, Row, Workspace, company, owns

BANK = f"{SOURCE}:bank"


def fact(name: str, tail: str, head: str, /, **more: Any) -> Row:
    ends = {"from": f"{SOURCE}:{tail}", "to": f"{SOURCE}:{head}"}
    ref = f"{name}-{tail}-{head}-{more.get('facility_id', '')}"
    return {"kind": name, **ends, "source": SOURCE, "source_ref": ref, "confidence": 1.0, **more}


def about(name: str, party: str, /, **more: Any) -> Row:
    ref = f"{name}-{party}-{more.get('item', '')}"
    return {"kind": name, "party": f"{SOURCE}:{party}", "source": SOURCE, "source_ref": ref, **more}


def item(party: str, name: str, value: float, *, months: int = 0) -> Row:
    end = {"period_end": "2025-12-31", "months": months, "standard": "CAS"}
    return about("Statement", party, item=name, value=value, unit="CNY", **end)


def load(folder: Path, inputs: Mapping[str, Any], *more: Row) -> Workspace:
    """The case in a store, and more facts where some are given; a sale is of an annual income of 100."""
    persons, owed = set(inputs["persons"]), inputs["exposures"]
    names = {*owed, *persons, "bank", "state"}
    parties = [company(x, "Person" if x in persons else "State" if x == "state" else "Company") for x in sorted(names)]
    held = [owns(x, y, share) for x, y, share in inputs["holdings"]]
    lent = [
        fact("LENDS", "bank", x, of="loan", facility_id=f"F-{x}", drawn=float(a), currency="CNY")
        for x, a in owed.items()
    ]
    given = [
        fact("GUARANTEES", x, y, facility_id=f"F-{y}", creditor=BANK, amount=float(a), currency="CNY")
        for x, y, a in inputs["guarantees"]
    ]
    sold = [fact("SUPPLIES", x, y, amount=100.0 * part, currency="CNY") for x, y, part, _ in inputs["sales_share_to"]]
    statements = [item(x, "net_assets", value) for x, value in inputs["net_assets"].items()]
    statements += [item(x, "revenue", 100.0, months=12) for x, *_ in inputs["sales_share_to"]]
    statements += [item("bank", name, float(inputs[name])) for name in ("tier1", "net_capital")]
    profile = about("Profile", "bank", name="示例银行", rule_sets="CN", lender_class="商业银行")
    space = Workspace(folder)
    space.load(*parties, *held, *lent, *given, *sold, *statements, profile, *more)
    return space
