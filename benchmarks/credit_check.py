"""Credit checks asked of an engine over a large graph: verdict alone, and with all remedies, one after the other.

The world of `questions` with what a check needs: profiles and capital of the lenders, income and net assets
of one company in ten (so that dependences are suspected), and control in bands.
"""

import argparse
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from api import questions
from api.engine import Engine, Place, View
from api.questions.limits.applications import Asked, Collateral, Guarantee, Request
from benchmarks.kept import kept
from benchmarks.questions import LENDERS, world
from benchmarks.timing import scaled
from graph.delta import PARTIES, Delta
from graph.facts import Facts
from graph.model import PROFILE, STATEMENT

ASKED = (("verdict", False, 10), ("with all remedies", True, 50))
"""What is measured, whether remedies are looked for, and the milliseconds asked for."""
END, DAY = date(2023, 12, 31), date(2024, 2, 1)
"""Of the statements, and of the checks: capital of two years ago would refer all of them."""


def with_capital(facts: Facts, size: int) -> Facts:
    """What lenders are held to, and statements of some of their clients."""
    random = np.random.default_rng(3)
    ids = pa.array([f"register:{n:08d}" for n in range(size)])
    banks, some = np.arange(LENDERS), np.sort(random.choice(np.arange(LENDERS, size), size // 10, replace=False))

    def items(party: np.ndarray, name: str, value: np.ndarray, months: int) -> pa.Table:
        count = len(party)
        return kept(
            STATEMENT, ids, [party], period_end=pa.array([END] * count), months=pa.array([months] * count, pa.int32()),
            standard=pa.array(["CAS"] * count), item=pa.array([name] * count), value=pa.array(value),
            unit=pa.array(["CNY"] * count),
        )  # fmt: skip

    profile = kept(
        PROFILE, ids, [banks], name=pa.array([f"霁岑{n}号银行" for n in banks]),
        rule_sets=pa.array(["CN"] * LENDERS), lender_class=pa.array(["商业银行"] * LENDERS),
    )  # fmt: skip
    statements = [
        items(banks, "tier1", np.full(LENDERS, 2e9), 0),
        items(banks, "net_capital", np.full(LENDERS, 2.4e9), 0),
        items(some, "net_assets", random.random(len(some)) * 2e8, 0),
        items(some, "revenue", random.random(len(some)) * 5e8 + 1e6, 12),
    ]
    none = pa.table([pa.array([], field.type) for field in PARTIES], schema=PARTIES)
    added = {"Profile": profile, "Statement": pa.concat_tables(statements)}
    now = datetime(2024, 2, 1, tzinfo=UTC)
    return facts.append(Delta(2, none, added), source="bank", trust=0.8, closed_at=now)


def requests(view: View, size: int, count: int) -> list[Request]:
    """Applications of clients of one lender, half of all of them in a group, and some of strangers."""
    random = np.random.default_rng(4)
    bank = view.snapshot.id(0)
    mine = view.book.borrower[view.book.lender == 0]
    chosen = np.concatenate([random.choice(mine, count - count // 4), random.integers(LENDERS, size, count // 4)])
    made = []
    for k, party in enumerate(chosen.tolist()):
        pledge = (Collateral(kind="deposit", value=1e5),) if k % 3 == 0 else ()
        giver = (
            (Guarantee(party=view.snapshot.id(int(random.integers(LENDERS, size))), amount=1e6),) if k % 5 == 0 else ()
        )
        facility = Asked(amount=1e6 * 10 ** (k % 4), currency="CNY", collateral=pledge, guarantors=giver)
        made.append(Request(applicant=view.snapshot.id(party), lender=bank, facility=facility))
    return [one for one in made if all(giver.party != one.applicant for giver in one.facility.guarantors)]


def main() -> None:
    """Ask many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="on 100,000 parties")
    parser.add_argument("--asked", type=int, default=1_000)
    given = parser.parse_args()
    size = 100_000 if given.quick else given.parties
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        run(Engine(place, with_capital(world(place.folder / "columns", size), size)), size, given.asked)


def run(engine: Engine, size: int, count: int) -> None:
    """First answer, then each with all that is kept."""
    moment = engine.moment(valid_at=DAY)
    given = requests(engine.view(moment), size, count)
    for name, remedies, asked in ASKED:
        began = time.perf_counter()
        questions.credit_check(engine, given[0], remedies=remedies, moment=moment)
        first = time.perf_counter() - began
        spent, verdicts, groups = [], Counter[str](), 0
        for one in given:
            began, cpu = time.perf_counter(), time.thread_time()
            value = questions.credit_check(engine, one, remedies=remedies, moment=moment).answer
            spent.append((time.perf_counter() - began, time.thread_time() - cpu))
            verdicts[value.verdict] += 1
            groups += bool(value.groups)
        wall, cpu = (np.percentile(column, [50, 99]) for column in np.array(spent).T)
        told = ", ".join(f"{word} {number}" for word, number in sorted(verdicts.items()))
        print(
            f"credit check, {name}, of {size:,} parties: p50 {wall[0] * 1e3:.1f}, p99 {wall[1] * 1e3:.1f} ms of wall "
            f"time ({cpu[0] * 1e3:.1f} and {cpu[1] * 1e3:.1f} ms of one thread), asked {asked} ms; "
            f"first {scaled(first)}"
        )
        print(f"  {len(spent)} applications, {groups} with groups: {told}", flush=True)


if __name__ == "__main__":
    main()
