from dataclasses import replace

import numpy as np
import pytest

from ingest.synthetic.planted import Firms, Links, Name, Planted, Ties, Truth, planted, truth
from ingest.synthetic.planted.cascade import draw_once
from ingest.synthetic.planted.figures import Figures
from ingest.synthetic.planted.hits import public_probability
from tests.ingest.synthetic.planted.worlds import NAMES, known

YEAR = 3
"""A year in which some firms have failed before."""


def relabelled(world: Planted, order: np.ndarray) -> Planted:
    """The same world, its firms in another order."""
    place = np.empty(len(world), np.int32)
    place[order] = np.arange(len(world))
    firms = Firms(*(getattr(world.firms, name)[order] for name in ("industry", "size", "region", "assets")))
    figures = Figures(world.figures.items[:, order], world.figures.statement[:, order])
    ties = {
        name: replace(of, links=Links(place[of.links.tail], place[of.links.head], of.links.exposure))
        for name, of in world.ties.items()
    }
    return replace(
        world, ids=world.ids[order], firms=firms, figures=figures, ties=ties, defaulted=world.defaulted[order],
        round=world.round[order],
    )  # fmt: skip


def exposed(world: Planted, relation: str, factor: float) -> Planted:
    """The same world with other exposures in one relation."""
    of = world.ties[relation]
    larger = Links(of.links.tail, of.links.head, of.links.exposure * factor)
    return replace(world, ties={**world.ties, relation: Ties(larger, of.first, of.last)})


def test_without_contagion_it_is_what_a_firm_is_by_itself() -> None:
    world, true = known("S0")
    for year in range(len(world.days)):
        standing = world.standing(year)
        np.testing.assert_array_equal(true.probability[year, standing], world.own[year, standing])
    assert true.draws == 0
    assert all(len(causes.adds) == 0 for causes in true.causes)


def test_who_has_left_has_no_probability(told: tuple[Planted, Truth]) -> None:
    world, true = told
    for year in range(len(world.days)):
        assert np.array_equal(np.isnan(true.probability[year]), ~world.standing(year))
        assert np.array_equal(np.isnan(true.error[year]), ~world.standing(year))


def test_a_firm_hit_by_public_failures_is_as_reckoned_by_hand() -> None:
    world, true = known("S1")
    causes = true.causes[YEAR]
    firm = int(causes.hits.target[np.argmax(causes.adds)])
    stated = world.items[YEAR, firm]
    lost = 0.0
    for name, loss, exposed_end in (("GUARANTEES", 0.6, "tail"), ("SUPPLIES", 0.8, "tail"), ("OWES", 0.5, "head")):
        of = world.links(YEAR)[name]
        mine = getattr(of, exposed_end) == firm
        others = getattr(of, "head" if exposed_end == "tail" else "tail")
        lost += loss * of.exposure[mine & (world.defaulted[others] == YEAR - 1)].sum()
    bears = max(stated[0] - stated[5], 0.1 * stated[0])
    by_hand = 1 - (1 - world.own[YEAR, firm]) * np.exp(-world.law.public * lost / bears)
    assert lost > 0
    assert true.probability[YEAR, firm] == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_years_lived_again_and_again_default_as_often_as_their_probability_says(name: Name) -> None:
    """In every tenth of the firms, by a z-test on repeated draws of one year."""
    world, true = known(name)
    standing, (public, hidden) = world.standing(YEAR), world.travel(YEAR)
    chance, _ = public_probability(np.where(standing, world.own[YEAR], 0.0), public)
    order = np.argsort(true.probability[YEAR][standing])
    tenths = np.array_split(np.flatnonzero(standing)[order], 10)
    stream = np.random.default_rng(11)
    lived = [draw_once(chance, hidden, stream) >= 0 for _ in range(400)]
    for tenth in tenths:
        counts = np.array([fallen[tenth].sum() for fallen in lived])
        z = (counts.mean() - true.probability[YEAR][tenth].sum()) / (counts.std(ddof=1) / np.sqrt(len(counts)))
        assert abs(z) < 4


def test_the_defaults_of_a_world_are_as_many_as_its_probabilities_say(told: tuple[Planted, Truth]) -> None:
    """Over all years; defaults of one cascade come together, so that the spread is wider than of independent ones."""
    world, true = told
    expected, spread, happened = 0.0, 0.0, 0
    for year in range(len(world.days)):
        p = true.probability[year][world.standing(year)]
        expected += p.sum()
        spread += (p * (1 - p)).sum()
        happened += int(world.labels(year).sum())
    together = 1.0 if world.name in ("S0", "S1") else 2.0
    assert abs(happened - expected) < 4 * together * np.sqrt(spread)


@pytest.mark.parametrize("name", ["S0", "S1"])
def test_the_order_of_the_firms_does_not_matter_where_it_is_exact(name: Name) -> None:
    world, true = known(name)
    order = np.random.default_rng(2).permutation(len(world))
    np.testing.assert_allclose(truth(relabelled(world, order)).probability, true.probability[:, order], rtol=1e-12)


@pytest.mark.parametrize("name", ["S2", "S3"])
def test_the_order_of_the_firms_does_not_matter_within_the_error_where_it_is_drawn(name: Name) -> None:
    world, true = known(name)
    order = np.random.default_rng(2).permutation(len(world))
    other = truth(relabelled(world, order), draws=2_000)
    apart, error = other.probability - true.probability[:, order], np.hypot(other.error, true.error[:, order])
    rms, told = np.sqrt(np.nanmean(apart**2)), np.sqrt(np.nanmean(error**2))
    assert rms == pytest.approx(told, rel=0.1)
    assert 0 < told < 0.003


def test_without_the_placebo_nothing_changes(told: tuple[Planted, Truth]) -> None:
    world, true = told
    bare = replace(world, ties={name: of for name, of in world.ties.items() if name != "RELATED_TO"})
    np.testing.assert_array_equal(truth(bare, draws=2_000).probability, true.probability)


def test_every_other_relation_carries_something() -> None:
    world, true = known("S1")
    for name in ("GUARANTEES", "SUPPLIES", "OWES"):
        bare = replace(world, ties={other: of for other, of in world.ties.items() if other != name})
        less = truth(bare).probability
        assert (less[YEAR] <= true.probability[YEAR])[world.standing(YEAR)].all()
        assert (less[YEAR] < true.probability[YEAR]).any()


@pytest.mark.parametrize("relation", ["GUARANTEES", "SUPPLIES", "OWES"])
def test_more_exposure_to_a_public_failure_makes_default_likelier(relation: str) -> None:
    world, true = known("S1")
    more = truth(exposed(world, relation, 1.5))
    standing = world.standing(YEAR)
    rise = (more.probability[YEAR] - true.probability[YEAR])[standing]
    assert (rise >= 0).all()
    through = true.causes[YEAR].hits
    place = [*world.ties].index(relation)
    hit = np.unique(through.target[through.relation == place])
    assert np.array_equal(np.flatnonzero(standing)[rise > 0], hit)


def test_causes_lead_back_to_the_links_they_name(told: tuple[Planted, Truth]) -> None:
    world, true = told
    names, links, through = [*world.ties], world.links(YEAR), true.causes[YEAR].hits
    for place, name in enumerate(names):
        of, here = links[name], through.relation == place
        ends = {(int(a), int(b)) for a, b in zip(of.tail, of.head, strict=True)}
        source, target, link = through.source[here], through.target[here], through.link[here]
        one, other = (source, target) if name == "OWES" else (target, source)
        assert np.array_equal(of.tail[link], one)
        assert np.array_equal(of.head[link], other)
        assert len(ends) == len(of)
    assert not (through.relation == names.index("RELATED_TO")).any()


def test_a_public_cause_is_what_its_removal_takes() -> None:
    world, true = known("S1")
    causes = true.causes[YEAR]
    for at in np.argsort(causes.adds)[-3:]:
        name = [*world.ties][causes.hits.relation[at]]
        of = world.ties[name]
        kept = np.ones(len(of.links), bool)
        kept[of.there(YEAR)[causes.hits.link[at]]] = False
        links = Links(*(end[kept] for end in (of.links.tail, of.links.head, of.links.exposure)))
        bare = Ties(links, of.first[kept], of.last[kept])
        less = truth(replace(world, ties={**world.ties, name: bare})).probability[YEAR]
        firm = causes.hits.target[at]
        assert true.probability[YEAR, firm] - less[firm] == pytest.approx(causes.adds[at], rel=1e-9)


def test_what_links_add_makes_up_what_is_not_a_firms_own(told: tuple[Planted, Truth]) -> None:
    """Not exactly: of two links either of which is enough, neither's removal takes much."""
    world, true = told
    for year in range(len(world.days)):
        rise = np.nan_to_num(true.probability[year] - true.own[year])
        causes = true.causes[year]
        added = np.bincount(causes.hits.target, causes.adds, minlength=len(world))
        assert (added <= rise + 1e-9).all()
        assert added.sum() >= 0.6 * rise.sum()


@pytest.mark.parametrize("name", ["S1", "S2"])
def test_the_same_seed_says_the_same(name: Name) -> None:
    first, again = (truth(planted(name, count=500, seed=9), draws=100) for _ in range(2))
    np.testing.assert_array_equal(first.probability, again.probability)
    for one, other in zip(first.causes, again.causes, strict=True):
        np.testing.assert_array_equal(one.adds, other.adds)
