import pytest

from api.engine import Engine
from api.questions import downstream, upstream
from graph.errors import InvalidQuestion
from tests.api.conftest import BUYER, MINE, SHOP


def test_tiers_follow_each_other_upstream(engine: Engine) -> None:
    first, second = upstream(engine, BUYER, moment=engine.moment()).answer.tiers
    assert (first.parties, second.parties) == (301, 1)
    assert [supply.fact.tail.id for supply in second.supplies] == [MINE]


def test_a_share_is_of_all_known_purchases(engine: Engine) -> None:
    """400 m of 400 m + 300 × 1 m + (0 + … + 299)."""
    first = upstream(engine, BUYER, limit=1, moment=engine.moment()).answer.tiers[0]
    share = first.supplies[0].share
    assert share is not None
    assert abs(share - 4e8 / (4e8 + 300e6 + 299 * 300 / 2)) < 1e-12
    assert first.page.left == 300


def test_downstream_goes_along_the_arrows(engine: Engine) -> None:
    tiers = downstream(engine, MINE, moment=engine.moment()).answer.tiers
    assert [[supply.fact.head.id for supply in tier.supplies] for tier in tiers] == [[SHOP], [BUYER]]


def test_a_depth_that_cannot_be_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="depth"):
        upstream(engine, BUYER, depth=0, moment=engine.moment())
