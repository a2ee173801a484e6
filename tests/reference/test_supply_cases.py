"""Forms in which a supply case may be written, against its hand-worked answer."""

import pytest

from tests.reference.vectors import evaluate

WORLD = {
    "W": {"1": {"3": 60}, "2": {"3": 40}, "4": {"3": 20}, "3": {"5": 200}},
    "industry": {"1": "a", "2": "a", "3": "b", "4": "c", "5": "d"},
    "market": False,
}
BY_PAIR = {"a": {"b": 2}, "c": {"b": 2}, "b": {"d": 2}}


@pytest.mark.parametrize("essential", ["all_essential", {"a": 2, "b": 2, "c": 2, "d": 2}, BY_PAIR])
@pytest.mark.parametrize("shock", ["1", ["1"], {"1": 1.0}])
def test_essentiality_and_shocks_may_be_written_in_each_way(essential: object, shock: object) -> None:
    """SUP-03: of industry a firm 3 loses 60 of 100."""
    got = evaluate("esri", {**WORLD, "essential": essential, "shock": shock})
    assert (got["hd"]["3"], got["ESRI_d"]) == (pytest.approx(0.4), pytest.approx(0.5625))


@pytest.mark.parametrize(
    "change",
    [
        {"essential": {"a": 2}},
        {"shock": ["9"]},
        {"shock": []},
        {"W": {"1": {"3": -60}}},
        {"revenue": {"1": 0}},
        {"industry": {"1": "a"}},
    ],
)
def test_what_cannot_be_is_an_error(change: dict[str, object]) -> None:
    assert evaluate("esri", {**WORLD, "shock": ["1"], **change})["error"]


def test_banks_lose_by_firms_that_fail() -> None:
    """INT-03's firm D: 0.7 of a profit of 40 is more than its equity of 25."""
    firm = {"revenue": 100, "material_cost": 60, "equity": 25, "short_term_assets": 80, "short_term_liabilities": 40}
    got = evaluate(
        "fsri",
        {
            "H": {"D": 0.7, "E": 0.3},
            "firms": {"D": firm, "E": firm},
            "loans": {"D": {"X": 30}, "E": {"Y": 40}},
            "bank_equity": {"X": 100, "Y": 200},
            "interbank": {"X": {"Y": 20}},
        },
    )
    assert (got["default"], got["bank_loss_share"], got["FSRI"]) == (["D"], {"X": 0.3, "Y": 0.0}, pytest.approx(0.1))
    assert got["FSRI_plus"] == pytest.approx((100 * 0.3 + 200 * 0.3 * 20 / 200) / 300)
