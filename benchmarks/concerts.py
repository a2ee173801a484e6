"""Groups and credit checks where many parties act in concert: CPU of one answer, first and once all is kept.

The world of `credit_check`, and 3,000 declared concerts (quick: 600) of two to six who hold of one company, some with
strangers.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from api import questions
from api.engine import Engine, Place
from api.groups.concerts import concerted_of
from api.questions.limits.applications import Asked, Request
from benchmarks.credit_check import DAY, requests, with_capital
from benchmarks.graphs import ownership
from benchmarks.kept import kept
from benchmarks.questions import LENDERS, world
from benchmarks.timing import scaled
from graph.delta import PARTIES, Delta
from graph.facts import Facts
from graph.model import RELATED_TO


def in_concert(facts: Facts, size: int, many: int) -> Facts:
    """Parties tied one to the next, nobody in two concerts."""
    random, owned, taken = np.random.default_rng(5), ownership(size, 5 * size // 2), set[int]()
    order = np.argsort(owned.head, kind="stable")
    start, tail = np.searchsorted(owned.head[order], np.arange(size + 1)), owned.tail[order]
    pairs = list[tuple[int, int]]()
    for y in random.permutation(size).tolist():
        holders = dict.fromkeys(tail[start[y] : start[y + 1]].tolist())
        acting = [x for x in holders if x not in taken and x != y and x >= LENDERS][: random.integers(2, 7)]
        if many and len(acting) > 1:
            stranger = int(random.integers(LENDERS, size))
            acting += [stranger] if stranger not in taken and stranger not in acting and len(acting) < 6 else []
            taken.update(acting)
            pairs += pairwise(acting)
            many -= 1
    ids = pa.array([f"register:{n:08d}" for n in range(size)])
    ends = [np.array(end) for end in zip(*pairs, strict=True)]
    ties = kept(RELATED_TO, ids, ends, kind=pa.array(["concert"] * len(pairs)))
    none = pa.table([pa.array([], field.type) for field in PARTIES], schema=PARTIES)
    now = datetime(2024, 2, 1, tzinfo=UTC)
    return facts.append(Delta(3, none, {"RELATED_TO": ties}), source="register", trust=0.8, closed_at=now)


def told(name: str, asked: Iterable[Callable[[], Any]]) -> None:
    """CPU of each answer, the first of them apart."""
    spent = [timed(call) for call in asked]
    p50, p99 = (float(value) for value in np.quantile(spent[1:], [0.5, 0.99]))
    print(f"{name}: first {scaled(spent[0])}, then p50 {scaled(p50)}, p99 {scaled(p99)}", flush=True)


def timed(call: Callable[[], Any]) -> float:
    """CPU seconds."""
    began = time.process_time()
    call()
    return time.process_time() - began


def main() -> None:
    """Ask of those who act in concert, and of clients of a lender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 parties and 600 concerts")
    size, many = (20_000, 600) if parser.parse_args().quick else (100_000, 3_000)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        facts = with_capital(world(place.folder / "columns", size), size)
        engine = Engine(place, in_concert(facts, size, many))
        moment = engine.moment(valid_at=DAY)
        view = engine.view(moment)
        for name, make in (("control", lambda: view.control), ("concerts as owners", lambda: view.together)):
            print(f"{name} of {size:,} parties, {many:,} concerts: {scaled(timed(make))}", flush=True)
        print(f"what each member controls in concert: {scaled(timed(lambda: concerted_of(view)))}", flush=True)
        acting = [view.snapshot.id(one.members[0]) for one in view.concerts[:300]]
        clients = requests(view, size, 300)

        def ask(party: str, kind: str) -> Callable[[], Any]:
            return lambda: questions.groups(engine, party, kind=kind, moment=moment)

        def check(one: Request) -> Callable[[], Any]:
            return lambda: questions.credit_check(engine, one, remedies=True, moment=moment)

        for kind in ("connected", "group-clients"):
            told(f"groups, {kind}, of who acts in concert", [ask(party, kind) for party in acting])
            told(f"groups, {kind}, of clients", [ask(one.applicant, kind) for one in clients])
        facility = Asked(amount=1e7, currency="CNY")
        of_acting = [Request(applicant=party, lender=view.snapshot.id(0), facility=facility) for party in acting]
        told("credit check with remedies, of who acts in concert", [check(one) for one in of_acting])
        told("credit check with remedies, of clients", [check(one) for one in clients])


if __name__ == "__main__":
    main()
