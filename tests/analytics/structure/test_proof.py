from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from analytics.structure.control import solve_control
from analytics.structure.proof import prove, prove_each
from analytics.structure.reach import Nodes, Reach
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidQuestion
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import SIZE, World, exact_worlds


@given(exact_worlds())
@settings(max_examples=300, deadline=None)
def test_a_proof_holds_on_its_own_and_no_holding_can_be_left_out(world: World) -> None:
    control = solve(world)
    held, edges = control.holdings, world[1]
    for x in range(SIZE):
        for y in control.controlled_by(x).tolist():
            known = {x}
            for step in prove(control, x, y):
                assert set(step.holders) <= known
                if step.edges:
                    assert edges[step.edges[0]] == (step.holders[0], step.company)
                else:
                    twentieths = [round(held.low[k] * 20) for k in step.holdings]
                    assert all(held.head[k] == step.company for k in step.holdings)
                    assert {int(held.tail[k]) for k in step.holdings} == set(step.holders)
                    assert sum(twentieths) > 10 >= sum(twentieths) - min(twentieths)
                known.add(step.company)
            assert y in known


def test_a_proof_of_possible_control_names_the_bands() -> None:
    control = solve_control(Holdings.between(3, [0, 1, 0], [1, 2, 2], [0.6, 0.2, 0.1], [0.6, 0.4, 0.3]))
    steps = prove(control, 0, 2, possible=True)
    assert [step.company for step in steps] == [1, 2]
    assert steps[1].high == pytest.approx(0.7)
    with pytest.raises(InvalidQuestion):
        prove(control, 0, 2)


def test_a_doubtful_arrow_is_part_of_a_proof_where_all_votes_are_exact() -> None:
    """0 may control 1; each has 30 % of 2, so that 0 may have 60 %."""
    edges = replace(Arrows.of(3, [0], [1]), doubtful=np.array([True]))
    control = solve_control(Holdings.exact(3, [0, 1], [2, 2], [0.3, 0.3]), edges)
    assert control.controlled_by(0).tolist() == []
    assert control.controlled_by(0, possible=True).tolist() == [1, 2]
    by_arrow, by_votes = prove(control, 0, 2, possible=True)
    assert (by_arrow.company, by_arrow.edges) == (1, (0,))
    assert (by_votes.holders, by_votes.low, by_votes.high) == ((0, 1), 0.6, 0.6)


def test_other_control_is_shown_before_votes() -> None:
    edges = Arrows.of(3, [0, 1], [1, 2])
    control = solve_control(Holdings.exact(3, [0], [1], [0.9]), edges)
    assert [(s.company, s.edges, s.holdings) for s in prove(control, 0, 2)] == [(1, (0,), ()), (2, (1,), ())]


def test_a_party_that_controls_itself_can_show_it() -> None:
    control = solve_control(Holdings.exact(3, [0, 0, 1, 2], [1, 2, 0, 0], np.array([0.6, 0.6, 0.3, 0.3])))
    assert [ring.tolist() for ring in control.deadlocks] == [[0]]
    assert [step.company for step in prove(control, 0, 0)] == [1, 2, 0]


def test_what_follows_is_worked_out_once_for_all_companies_of_an_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    control = solve_control(Holdings.exact(4, [0, 1, 2], [1, 2, 3], [0.6, 0.6, 0.6]))
    alone = [prove(control, 0, company) for company in (3, 1, 2)]
    asked: list[int] = []
    sequence = Reach.sequence

    def counted(reach: Reach, x: int) -> Nodes:
        asked.append(x)
        return sequence(reach, x)

    monkeypatch.setattr(Reach, "sequence", counted)
    assert prove_each(control, 0, [3, 1, 2]) == alone
    assert asked == [0]


@pytest.mark.parametrize(
    ("band", "ends", "own", "certain", "idle"),
    [
        ((0.5, 0.75), 1, 0.1, True, False),
        ((0.5, 0.5), 0, 0.1, True, True),
        ((0.2, 0.75), 0, 0.1, False, False),
        ((0.2, 0.48), 0, 0.1, False, True),
        ((0.6, 0.6), 0, 0.1, True, False),
    ],
)
def test_own_shares_are_needed_only_where_the_votes_of_others_are_no_majority_of_all(
    band: tuple[float, float], ends: int, own: float, certain: bool, idle: bool
) -> None:
    """公司法 (2023) art. 116: of a company that holds 10 % of itself more than 45 % is a majority. Beyond a half, or
    what may be, is one of all."""
    held = Holdings.between(2, [0, 1], [1, 1], [band[0], own], [band[1], own], [ends, 0])
    (step,) = prove(solve_control(held), 0, 1, possible=not certain)
    assert (step.certain, step.idle) == (certain, idle)


def test_of_a_chain_only_the_step_that_bands_allow_is_not_certain() -> None:
    """0 may have 1, which has more than half of 2, and a doubtful tie to 3, which 2 has by contract."""
    doubtful = replace(Arrows.of(5, [2, 3], [3, 4]), doubtful=np.array([False, True]))
    held = Holdings.between(5, [0, 1], [1, 2], [0.4, 0.5], [0.6, 0.75], [0, 1])
    steps = prove(solve_control(held, doubtful), 0, 4, possible=True)
    assert [(step.company, step.certain) for step in steps] == [(1, False), (2, True), (3, True), (4, False)]
