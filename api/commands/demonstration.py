"""The demonstration: files are loaded, questions asked and pictures drawn by the very commands a user would type."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.errors import ContagraphError, InvalidMapping
from graph.model import CONTROLS, GUARANTEES, LENDS, OWNS, RELATIONS, SUPPLIES

if TYPE_CHECKING:
    from api.engine import View
    from graph.field import Kind
    from graph.snapshot import Snapshot

SEED = 7
PARTIES = 2000
YEARS = timedelta(days=730)
"""How far back a question of changes looks."""


@dataclass(frozen=True)
class Step:
    """One command of the demonstration, and what it shows."""

    says: str
    command: tuple[str, ...]

    @property
    def typed(self) -> str:
        """The command as a user would type it."""
        return "contagraph " + " ".join(quote(word) for word in self.command)


def invented(folder: Path, store: Path) -> Iterator[Step]:
    """Write the invented world, load it, ask every question of it, draw it."""
    from ingest.synthetic import write_world  # noqa: PLC0415  (real registers need it not)

    world = folder / "world"
    write_world(world, parties=PARTIES, seed=SEED)
    told = json.loads((world / "answers.json").read_text(encoding="utf-8"))
    cast, people = told["demo"], told["parties"]
    at = ("--store", str(store), "--valid-at", cast["valid_at"], "--known-at", cast["known_at"])
    money = (*at, "--currency", cast["currency"])
    before = ("--store", str(store), "--valid-at", cast["valid_at"], "--known-at", "2025-01-31")
    group, lender = cast["group"], ("--lender", cast["lender"])
    yield Step("Load eleven deliveries of six sources, dirt included", ("load", str(world), "--store", str(store)))
    yield Step("What could not be used waits, with reason and remedy", ("quarantine", "list", "--store", str(store)))
    yield Step("Find a party, in Chinese", ("ask", "search", people["H"]["name"][:4], *at))
    yield Step("… or in English, misspelled", ("ask", "search", "B Gruop Example Logistcs", *at))
    yield Step("Everything known of the holding company of B集团, with sources", ("ask", "party", group, *money))
    yield Step("Who controls it: through a nominee and an agreement", ("ask", "control", group, *at))
    yield Step("The same question as answered before a correction arrived", ("ask", "control", group, *before))
    yield Step("Who owns it in the end, and by law", ("ask", "owners", group, "--regime", "CN_2024", *at))
    yield Step("The group it belongs to, and how each member came in", ("ask", "groups", group, *at))
    clients = ("ask", "groups", group, "--kind", "group-clients", *at)
    yield Step("… and the group client it is by the guideline of 2010", clients)
    yield Step("What one bank has at stake with it and with its group", ("ask", "exposure", group, *lender, *money))
    yield Step("Whom it vouches for, who vouches for it, and in what circles", ("ask", "guarantees", group, *money))
    yield from _applied(folder, told["credit"], money)
    book = ("ask", "book")
    table = ("--out", str(folder / "大额风险暴露.xlsx"))
    yield Step("A bank's whole book against every limit", (*book, "limits", cast["lender"], *table, *money))
    yield Step("… the groups of connected clients in it", (*book, "groups", cast["lender"], "--limit", "3", *money))
    yield Step(
        "… who is related to the bank itself, and the limits on them", (*book, "related", cast["lender"], *money)
    )
    yield Step("… the guarantees around it", (*book, "guarantees", cast["lender"], "--limit", "5", *money))
    failing = (*book, "systemic", cast["lender"], "--missing", "medians", "--limit", "5", *money)
    yield Step("… and the firms whose failure would cost it most", failing)
    assumed = _written(folder / "年度损失假设.toml", {"name": "a plain year", "draws": 5000, "pd": {"rest": 0.02}})
    year = (*book, "losses", cast["lender"], str(assumed), "--limit", "5", *money)
    yield Step("… what it may lose in a year if each borrower fails with 2 %, with contagion and without", year)
    yield Step("How two members hang together", ("ask", "links", cast["from"], cast["to"], *money))
    yield Step("Who stands around it", ("ask", "network", group, *money))
    yield Step("What stands behind a car maker, tier by tier", ("ask", "upstream", cast["maker"], *money))
    yield Step("Whom a start-up lives from", ("ask", "downstream", cast["start_up"], *money))
    yield Step("What changed in two years", ("ask", "changes", group, "--since", "2022-12-31", *money))
    pair, chinese = (cast["from"], cast["to"]), ("--language", "zh")
    paper = ("report", "links", *pair, "--out", str(folder / "关联关系报告.html"), *chinese, *money)
    yield Step("How two members hang together, as a report to print", paper)
    sheet = ("report", "group", group, "--out", str(folder / "客户集团报告.html"), *chinese, *lender, *money)
    yield Step("The group as a report to print", sheet)
    ties = [word for kind in ("OWNS", "CONTROLS", "GUARANTEES", "RELATED_TO") for word in ("--kind", kind)]
    yield from _shocked(folder, told["shocks"], lender, money)
    marked = [word for mark in ("groups", "control") for word in ("--mark", mark)]
    yield _drawn("Its network, its group marked", group, folder / "B集团.html", (*ties, *marked, *money))
    yield _drawn("The car maker's supply web as a picture", cast["maker"], folder / "supply.html", money)


def _applied(folder: Path, credit: Mapping[str, Any], options: Sequence[str]) -> Iterator[Step]:
    """One application to approve, one to refer, one to decline, the last under a name: its decision is kept."""
    says = {
        "approve": "May a bank lend to a start-up: yes",
        "refer": "… so much more: somebody has to judge whether it falls with its buyer",
        "decline": "… to a member of B集团: no; the decision stands in the ledger",
    }
    for told in credit["applications"]:
        named = {"request_id": "demo-1"} if told["verdict"] == "decline" else {}
        file = _request(
            folder / f"申请-{told['name']}.json", told["applicant"], credit["lender"], told["amount"], **named
        )
        yield Step(says[told["verdict"]], ("ask", "credit-check", str(file), *options))
    yield Step("The ledger, checked entry by entry", ("verify", *options[:2]))


def _shocked(
    folder: Path, shocks: Sequence[Mapping[str, Any]], lender: Sequence[str], options: Sequence[str]
) -> Iterator[Step]:
    """Three shocks, the report of the one that calls a ring of guarantees, and a named scenario."""
    says = {
        "buyer": "What it costs if the start-up's buyer fails: the start-up goes with it",
        "ring": "… if a member of B集团 fails: a ring of guarantees is called, and one guarantor falls",
        "industry": "… if an industry makes 30 % less",
    }
    for told in shocks:
        file = _written(folder / f"冲击-{told['scenario']['name']}.toml", told["scenario"])
        yield Step(says[told["key"]], ("ask", "shock", str(file), *options))
        if told["key"] == "ring":
            paper = (
                "report",
                "shock",
                str(file),
                "--out",
                str(folder / "冲击损失报告.html"),
                "--language",
                "zh",
                *options,
            )
            yield Step("… as a report to print, with the causes of the loss", paper)
            picture = ("draw", "shock", str(file), "--out", str(folder / "冲击传导.html"), *options)
            yield Step("… and as a picture, round by round", picture)
    falls = "… if property falls, by a scenario of the catalogue: what is pledged covers less"
    yield Step(falls, ("ask", "shock", "real-estate", *lender, *options))


def _written(path: Path, said: Mapping[str, Any]) -> Path:
    import tomlkit  # noqa: PLC0415

    path.write_text(tomlkit.dumps(said), encoding="utf-8")
    return path


def _request(path: Path, applicant: str, lender: str, amount: float, *, currency: str = "CNY", **more: str) -> Path:
    facility = {"amount": amount, "currency": currency, "kind": "loan"}
    said = {"applicant": applicant, "lender": lender, "facility": facility, **more}
    path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def registers(data: Path, folder: Path, store: Path) -> Iterator[Step]:
    """Load real registers from a folder, and ask about the parties that stand out in them."""
    found = [path for path in sorted([data, *data.iterdir()]) if _loadable(path)]
    if not found:
        raise InvalidMapping(
            "holds nothing that needs no mapping",
            where=str(data),
            remedy="give a folder with BODS statements or FinBench tables, or load tables with --mapping",
        )
    for path in found[:1] if found[0] == data else found:
        loan = ("--lender", "DEMO-BANK", "--currency", "USD") if _kind(path) == "finbench" else ()
        yield Step(f"Load {path.name}", ("load", str(path), *loan, "--store", str(store)))
    yield from _asked(folder, store)


def _asked(folder: Path, store: Path) -> Iterator[Step]:
    """Every question; where the data has nothing to say, the answer is that."""
    from api.engine import Engine, Place  # noqa: PLC0415

    at = ("--store", str(store))
    engine = Engine.open(Place(store))
    moment = engine.moment()
    view = engine.view(moment)
    if not view.snapshot.size:
        return
    top = _stands_out(view.snapshot, (OWNS, CONTROLS)) or _stands_out(view.snapshot, RELATIONS) or view.snapshot.id(0)
    name = view.snapshot.name_of(view.snapshot.node(top)) or top
    yield Step("Find a party", ("ask", "search", name, *at))
    yield Step("Everything known of it, with sources", ("ask", "party", top, *at))
    yield Step("Who controls it, and what it controls", ("ask", "control", top, *at))
    yield Step("Who owns it in the end, and by law", ("ask", "owners", top, *at))
    yield Step("The group it belongs to", ("ask", "groups", top, *at))
    yield Step("Who stands around it", ("ask", "network", top, *at))
    if view.snapshot.size > 1:
        yield Step("How two parties near it hang together", ("ask", "links", *_pair(view, top), *at))
    since = (moment.valid_at - YEARS).isoformat()
    yield Step("What changed about it in two years", ("ask", "changes", top, "--since", since, *at))
    buyer, supplier = (_stands_out(view.snapshot, (SUPPLIES,), into=into) or top for into in (True, False))
    yield Step("What stands behind a buyer, tier by tier", ("ask", "upstream", buyer, *at))
    yield Step("Whom a supplier lives from", ("ask", "downstream", supplier, *at))
    borrower = _stands_out(view.snapshot, (LENDS,), into=True)
    yield Step("What the lender has at stake with a borrower", ("ask", "exposure", borrower or top, *at))
    guarantor = _stands_out(view.snapshot, (GUARANTEES,))
    yield Step("Whom a guarantor vouches for, and in what circles", ("ask", "guarantees", guarantor or top, *at))
    bank, other = _stands_out(view.snapshot, (LENDS,)), borrower or top
    bank = bank if bank and bank != other else next((x for x in _pair(view, other) if x != other), "")
    if bank:
        request = _request(folder / "request.json", other, bank, 1e6, currency=view.snapshot.moment.currency or "CNY")
        yield Step("May it lend more", ("ask", "credit-check", str(request), *at))
    file = _written(folder / "shock.toml", {"name": "the one who stands out fails", "failed": [borrower or top]})
    yield Step("What it would cost if one failed", ("ask", "shock", str(file), *at))
    yield _drawn("Its network as a picture", top, folder / "network.html", at)
    if borrower:
        yield _drawn("A borrower's network as a picture", borrower, folder / "borrower.html", at)


def _pair(view: "View", party: str) -> tuple[str, str]:
    """Two parties it controls, else itself and a neighbour, else itself and any other."""
    node, snapshot = view.snapshot.node(party), view.snapshot
    held = view.control.controlled_by(node)
    if len(held) > 1:
        return snapshot.id(int(held[0])), snapshot.id(int(held[-1]))
    for links in map(snapshot.links, RELATIONS):
        near = np.concatenate([links.head[links.tail == node], links.tail[links.head == node]])
        if others := near[near != node].tolist():
            return party, snapshot.id(others[0])
    return party, snapshot.id(int(node == 0))


def _drawn(says: str, party: str, out: Path, options: Sequence[str]) -> Step:
    return Step(says, ("draw", party, "--out", str(out), "--hops", "2", *options))


def _stands_out(snapshot: "Snapshot", kinds: Sequence["Kind"], *, into: bool = False) -> str:
    """Id of the party with the most links out (or in) of these kinds; empty where there are none."""
    links = [snapshot.links(kind) for kind in kinds]
    degree = sum((np.diff(one.in_start if into else one.out_start) for one in links), np.zeros(snapshot.size, np.int64))
    return snapshot.id(int(degree.argmax())) if degree.any() else ""


def _kind(path: Path) -> str:
    from ingest import registry  # noqa: PLC0415

    try:
        return registry.recognise(path).name
    except ContagraphError:
        return ""


def _loadable(path: Path) -> bool:
    """Whether a path is of a format that needs no mapping, or is a folder with one."""
    kind = _kind(path)
    return kind in ("bods", "finbench") or (kind == "tables" and (path / "mapping.toml").is_file())
