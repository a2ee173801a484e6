"""However a graph looks, question, check and book tell the same groups."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.engine import Engine, Place
from tests.api.agreed import disagreements
from tests.api.questions.lending import OWED, bank, party
from tests.api.world import Book, day, instant

BANK, PEOPLE, STATE = "r:bank", ("r:p0", "r:p1"), "r:state"
FIRMS = tuple(f"r:{n}" for n in range(5))
OWNERS = (*PEOPLE, STATE, *FIRMS)
PAIRS = st.tuples(st.sampled_from(FIRMS), st.sampled_from(FIRMS)).filter(lambda pair: pair[0] != pair[1])


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[str, dict[str, object]]]:
    """Holdings, some in bands, a couple or kin, concerts of fellow holders, judged and suspected dependences, a ring
    fence, debtors."""
    facts: list[tuple[str, dict[str, object]]] = []
    for firm in FIRMS:
        left = 1.0
        holders = st.lists(st.sampled_from([x for x in OWNERS if x != firm]), max_size=3, unique=True)
        for holder in draw(holders):
            low, high = sorted(draw(st.tuples(*[st.sampled_from([0.1, 0.3, 0.4, 0.6, 0.8])] * 2)))
            if low <= left:
                share = (low, high, 0) if draw(st.booleans()) else low
                facts.append(("OWNS", {"from": holder, "to": firm, "share": share, "directness": "direct"}))
                left -= low
    if kind := draw(st.sampled_from([None, "spouse", "kin"])):
        facts.append(("RELATED_TO", {"from": PEOPLE[0], "to": PEOPLE[1], "kind": kind}))
    held = [(str(row["from"]), row["to"]) for _, row in facts if "share" in row]
    fellows = sorted({(x, y) for x, firm in held for y, other in held if firm == other and x < y})
    some = [
        st.tuples(st.sampled_from(OWNERS), st.sampled_from(FIRMS)),
        *([st.sampled_from(fellows)] if fellows else []),
    ]
    for x, y in draw(st.lists(st.one_of(some), max_size=3, unique=True)):
        if x != y:
            facts.append(("RELATED_TO", {"from": x, "to": y, "kind": "concert"}))
    for x, y in draw(st.lists(PAIRS, max_size=2, unique=True)):
        facts.append(("DEPENDS_ON", {"from": x, "to": y, "criterion": "cn-annex1-1", "verdict": "confirmed"}))
    for x, y in draw(st.lists(PAIRS, max_size=1)):
        facts.append(("DEPENDS_ON", {"from": x, "to": y, "criterion": "control", "verdict": "rejected"}))
    for x, y in draw(st.lists(PAIRS, max_size=2, unique=True)):
        facts.append(("SUPPLIES", {"from": x, "to": y, "amount": 60.0, "currency": "CNY"}))
    year = {"period_end": day("2023-12-31"), "months": 12, "standard": "CAS", "item": "revenue", "unit": "CNY"}
    facts += [("Statement", {"party": firm, "value": 100.0, **year}) for firm in FIRMS]
    for firm in draw(st.lists(st.sampled_from(FIRMS), min_size=2, unique=True)):
        facility = {"facility_id": firm, "kind": "loan", "drawn": 10.0, "currency": "CNY"}
        facts.append(("LENDS", {"from": BANK, "to": firm, **facility}))
    return [
        *facts,
        ("Profile", {"party": BANK, "name": "Bank", "rule_sets": draw(st.sampled_from(["CN", "BCBS; CN", "EU"]))}),
    ]


def engine_of(folder: Path, facts: list[tuple[str, dict[str, object]]]) -> Engine:
    parties = {**dict.fromkeys([BANK, *FIRMS], "Company"), **dict.fromkeys(PEOPLE, "Person"), STATE: "State"}
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-01-15"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


@given(graphs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_question_check_and_book_agree_on_every_graph(facts: list[tuple[str, dict[str, object]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = engine_of(Path(folder), facts)
        assert disagreements(engine, BANK, FIRMS, engine.moment()) == []


@pytest.mark.parametrize("banded", [False, True])
def test_they_agree_on_a_small_bank(tmp_path: Path, *, banded: bool) -> None:
    more = [("OWNS", {"from": "r:p", "to": "r:solo", "share": (0.4, 0.6, 0)})] if banded else []
    engine = bank(tmp_path, *more)
    assert disagreements(engine, BANK, [party(name) for name in OWED], engine.moment()) == []
