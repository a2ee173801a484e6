from pathlib import Path

import numpy as np

from api.groups.overfull import overfull_among, overfull_by, overfull_of_book
from tests.api.questions.overstated import FULL, ONE, OWED, SUB, TWO, opened, write


def test_which_companies_they_are_is_worked_out_once_a_snapshot(tmp_path: Path) -> None:
    engine = opened(write(tmp_path), "keep")
    view = engine.view(engine.moment())
    found = overfull_by(view, "votes")
    assert found is overfull_by(view.under(("basel-lex10",)), "votes")
    full = view.snapshot.node(FULL)
    assert found[full] == 1.15
    assert np.flatnonzero(found).tolist() == [full]


def test_only_what_is_touched_is_found(tmp_path: Path) -> None:
    engine = opened(write(tmp_path), "keep")
    view = engine.view(engine.moment())
    sub, one, full = (view.snapshot.node(x) for x in (SUB, ONE, FULL))
    assert overfull_among(view, [np.array([sub, one])]) == []
    assert overfull_among(view, [np.array([sub]), np.array([full, one])]) == [full]


def test_where_nothing_is_overfull_nothing_is_looked_up(tmp_path: Path) -> None:
    engine = opened(write(tmp_path, held={(ONE, FULL): 0.6, (TWO, FULL): 0.4}), "keep")
    view = engine.view(engine.moment())
    assert overfull_by(view, "votes").size == 0
    assert overfull_among(view, [np.array([view.snapshot.node(FULL)])]) == []


def test_a_book_rests_on_it_where_it_unites_two_clients(tmp_path: Path) -> None:
    """`full` owes nothing; it holds `sub` and `sib`, who both do, or `sub` alone, with nobody above who does."""
    engine = opened(write(tmp_path / "two"), "keep")
    view = engine.view(engine.moment())
    clients = np.array(sorted(view.snapshot.node(x) for x in OWED), np.uint32)
    assert overfull_of_book(view, clients) == [view.snapshot.node(FULL)]
    alone = np.array([view.snapshot.node(SUB)], np.uint32)
    assert overfull_of_book(view, alone) == []
