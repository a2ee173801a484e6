"""A panel sees of each day what was true on it and known by it, and nothing else."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from analytics.learning.panel import Split
from api.engine import Engine, Place
from api.learning.panel import build_panel
from api.learning.plan import Plan
from api.learning.tables import keep_panel, read_panel
from graph.errors import InvalidPanel, UnknownRule, UnreadableFile
from tests.api.learning.firms import (
    DAYS,
    FIRMS,
    PARTIES,
    PERSON,
    TODAY,
    Given,
    after,
    event,
    facts_of,
    guarantee,
    panel_from,
    panel_of,
    profile,
    statement,
)
from tests.api.world import Book

LATE = after(date(2022, 12, 1))
"""Known after every day of the panel."""
PLANTED: dict[str, Given] = {
    "a figure of an old year that became known later": statement("r:a", 2019, "net_profit", 44.0, recorded_at=LATE,
                                                                 source="later"),
    "a correction of an old figure": statement("r:a", 2018, "revenue", 1.0, recorded_at=LATE, source="later"),
    "a guarantee signed long ago": guarantee("r:f", "r:g", 50.0, recorded_at=LATE),
    "a lawsuit of an old day": event("r:b", date(2019, 7, 1), "lawsuit", recorded_at=LATE),
    "an older founding": profile("r:c", valid_from=date(2001, 1, 1), recorded_at=LATE, source="later"),
    "a guarantee of a later day, known early": guarantee("r:f", "r:g", 50.0, valid_from=date(2022, 6, 1)),
    "a statement of a later year, known early": statement("r:a", 2022, "total_debt", 9.0,
                                                          recorded_at=after(date(2018, 1, 1))),
    "two records that are one party": ("SAME_AS", {"from": "r:f", "to": "r:g", "verdict": "confirmed",
                                                   "recorded_at": LATE}),
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_fact_of_the_future_leaves_the_panel_as_it_was(tmp_path: Path, planted: Given) -> None:
    assert panel_of(tmp_path / "with", [planted]).digest == panel_of(tmp_path / "without").digest


@pytest.mark.parametrize("name", [name for name in PLANTED if "early" not in name])
def test_without_the_guard_of_what_was_known_the_same_facts_change_it(tmp_path: Path, name: str) -> None:
    """Proves that the test above would see a leak: what is known now is taken as known then."""
    with_it, without = (
        panel_of(tmp_path / str(len(more)), more, known="now") for more in ([PLANTED[name]], [])
    )  # fmt: skip
    assert with_it.digest != without.digest


def test_who_defaults_within_a_year_is_labelled_and_then_leaves_the_rows_but_stays_a_neighbour(tmp_path: Path) -> None:
    panel = panel_of(tmp_path)
    at = {party: number for number, party in enumerate(panel.ids)}
    rows = [{panel.ids[row]: int(label) for row, label in zip(w.rows, w.label, strict=True)} for w in panel.waves]
    none = dict.fromkeys(FIRMS, 0)
    assert rows[0] == none | {"r:d": 1}  # 4 May 2020
    assert rows[1] == {f: s for f, s in (none | {"r:e": 1}).items() if f != "r:d"}
    assert rows[2] == {f: s for f, s in (none | {"r:h": 1}).items() if f not in ("r:d", "r:e")}
    assert [wave.public[at["r:d"]] for wave in panel.waves] == [False, True, True]
    guarantees = panel.waves[2].ties["GUARANTEES"]
    assert at["r:d"] in guarantees.head
    np.testing.assert_allclose(panel.waves[1].since[at["r:d"]], 241 / 365.25, rtol=1e-5)  # type: ignore[index]


@pytest.mark.parametrize(
    ("definition", "days", "label"),
    [("IFRS9", 90, 1), ("BASEL", 90, 0), ("BASEL", 91, 1), ("CN", 90, 0), ("PUBLIC", 400, 0)],
)
def test_the_definition_says_how_late_is_default(tmp_path: Path, definition: str, days: int, label: int) -> None:
    late = event("r:b", date(2020, 3, 1), "overdue", days=days)
    panel = panel_of(tmp_path, [late], definition=definition)
    wave = panel.waves[0]
    assert wave.label[[panel.ids[row] for row in wave.rows].index("r:b")] == label


def test_a_default_nobody_knew_of_leaves_its_label_open(tmp_path: Path) -> None:
    hidden = event("r:b", date(2019, 12, 1), recorded_at=after(date(2021, 1, 15)))
    wave = panel_of(tmp_path, [hidden]).waves[0]
    assert wave.label[FIRMS.index("r:b")] == -1
    assert not wave.public.any()


def test_a_default_that_is_over_was_one_all_the_same_and_the_firm_is_a_row_again(tmp_path: Path) -> None:
    """On a list from March 2020 to June 2021: foretold at the end of 2019, in default in 2020, sound in 2021."""
    listed = event("r:b", date(2020, 3, 1), "dishonesty", valid_from=date(2020, 3, 1), valid_to=date(2021, 6, 1))
    panel = panel_of(tmp_path, [listed])
    rows = [{panel.ids[row]: int(label) for row, label in zip(w.rows, w.label, strict=True)} for w in panel.waves]
    assert [each.get("r:b") for each in rows] == [1, None, 0]
    assert [bool(wave.public[panel.ids.index("r:b")]) for wave in panel.waves] == [False, True, False]


def test_a_year_that_is_not_over_has_no_labels_even_of_who_has_defaulted_so_far(tmp_path: Path) -> None:
    early = event("r:b", date(2023, 2, 1))
    panel = panel_of(tmp_path, [early], days=(*DAYS, date(2022, 12, 31)))
    assert (panel.waves[-1].label == -1).all()
    with pytest.raises(InvalidPanel):
        Split.by_time(panel, validate=1, test=2)  # three days have labels, of which one would judge by defaults alone


def test_asked_as_it_was_known_earlier_later_days_have_no_labels(tmp_path: Path) -> None:
    """By the end of 2021 it was not known who would default in 2022; of 2021 it was."""
    engine = Engine(Place(tmp_path), facts_of(tmp_path), clock=lambda: TODAY)
    asked = Plan(days=DAYS, currency="CNY")
    then = engine.moment(known_at=datetime(2021, 12, 31, 23, tzinfo=UTC))
    labels = [w.label for w in build_panel(engine, asked, now=then, progress=lambda _: None).waves]
    assert [(found == -1).all() for found in labels] == [False, False, True]


def test_a_new_item_of_the_future_is_no_figure_where_all_items_are(tmp_path: Path) -> None:
    """Were its name a column, that it will be stated would be told by its being there."""
    new = [statement("r:a", year, "pledged_shares", 0.5, recorded_at=LATE, unit=None) for year in (2018, 2022)]
    with_it, without = (panel_of(tmp_path / str(len(more)), more, others=True) for more in (new, []))
    assert with_it.digest == without.digest
    assert "pledged_shares" in panel_of(tmp_path / "now", new, others=True, known="now").names


def test_a_firm_stays_as_old_as_it_is_when_its_profile_changes(tmp_path: Path) -> None:
    """Founded in May 2015, moved in June 2020: an older profile tells when, or the newer one claims it."""
    told = {"valid_from": date(2020, 6, 1), "recorded_at": after(date(2020, 6, 2)), "industry": "C27"}
    before, states = profile("r:a", valid_to=date(2020, 6, 1)), statement("r:a", 2018, "total_assets", 9.0)
    for name, given in {"older": [before, profile("r:a", **told)],
                        "claimed": [profile("r:a", stated_from=date(2015, 5, 1), **told)]}.items():  # fmt: skip
        book = Book(tmp_path / name)
        book.load(PARTIES, [states, *given], closed_at=after(date(2023, 1, 1)))
        panel = panel_from(book.facts, tmp_path / name)
        age = [float(wave.values[0, panel.names.index("age")]) for wave in panel.waves[1:]]
        assert age == pytest.approx([(day - date(2015, 5, 1)).days / 365.25 for day in DAYS[1:]], rel=1e-6)


def test_links_count_while_they_hold_with_what_is_at_stake(tmp_path: Path) -> None:
    panel = panel_of(tmp_path)
    assert panel.relations == ("GUARANTEES", "HOLDS_OFFICE")
    named = [
        sorted((panel.ids[t], panel.ids[h], s) for t, h, s in zip(g.tail, g.head, g.stake, strict=True))
        for g in (wave.ties["GUARANTEES"] for wave in panel.waves)
    ]
    standing = [("r:a", "r:d", 30.0), ("r:b", "r:a", 12.0), ("r:d", "r:b", 5.0)]
    assert named == [[*standing[:2], ("r:c", "r:e", 9.0), standing[2]], standing, standing]
    assert not panel.firm[panel.ids.index(PERSON)]


def test_figures_are_those_of_the_last_statement_known_then(tmp_path: Path) -> None:
    """The statement of 2019 was published in April 2020: at the end of 2019 that of 2018 counts."""
    fixed = [statement("r:a", year, item, value, source="later", recorded_at=after(date(year, 12, 31), 100))
             for year, item, value in ((2018, "total_debt", 10.0), (2018, "ebit", 5.0), (2018, "depreciation", 0.0),
                                       (2019, "total_debt", 30.0))]  # fmt: skip
    panel = panel_of(tmp_path, fixed)
    column = panel.names.index("debt_to_ebitda")
    assert panel.waves[0].values[panel.ids.index("r:a"), column] == pytest.approx(2.0)
    assert np.isnan(panel.waves[0].values[panel.ids.index("r:b"), column])


def test_circles_are_told_of_those_who_sit_in_one(tmp_path: Path) -> None:
    wave, names = panel_of(tmp_path).waves[0], panel_of(tmp_path / "again").names
    inside = wave.values[:, names.index("in_circle")]
    assert inside[:4].tolist() == [1, 1, 0, 1]  # a guarantees d, d b, b a


def test_kept_and_read_it_is_the_same_and_a_changed_byte_is_seen(tmp_path: Path) -> None:
    panel = panel_of(tmp_path / "facts")
    keep_panel(panel, tmp_path / "kept")
    assert read_panel(tmp_path / "kept").digest == panel.digest
    keep_panel(panel.at(0), tmp_path / "other")
    (tmp_path / "kept" / "figures.parquet").write_bytes((tmp_path / "other" / "figures.parquet").read_bytes())
    with pytest.raises(InvalidPanel, match="changed"):
        read_panel(tmp_path / "kept")
    with pytest.raises(UnreadableFile):
        read_panel(tmp_path / "nothing")


@pytest.mark.parametrize(("asked", "problem", "said"), [
    ({"definition": "MOODYS"}, UnknownRule, "IFRS9"),
    ({"relations": ("GUARANTEES", "MARRIES")}, InvalidPanel, "no links of MARRIES"),
    ({"relations": ("MARRIES",)}, InvalidPanel, "there are GUARANTEES, HOLDS_OFFICE"),
    ({"days": (DAYS[1], DAYS[0])}, InvalidPanel, "order"),
    ({"days": (date(2001, 1, 1),)}, InvalidPanel, "no firm is known"),
    ({"days": ()}, InvalidPanel, "days"),
])  # fmt: skip
def test_what_cannot_be_asked_says_so(
    tmp_path: Path, asked: dict[str, object], problem: type[Exception], said: str
) -> None:
    with pytest.raises(problem) as refused:
        panel_of(tmp_path, **asked)
    assert said in f"{refused.value} {refused.value.remedy}"  # type: ignore[attr-defined]


def test_labels_of_a_data_set_without_days_come_with_its_split(tmp_path: Path) -> None:
    labels = [("Outcome", {"party": firm, "defaulted": firm in "r:b r:d", "part": part, "recorded_at": LATE})
              for firm, part in zip(FIRMS, 4 * ("train", "test"), strict=True)]  # fmt: skip
    unnamed = [statement(firm, 2018, "f001", float(number), unit=None) for number, firm in enumerate(FIRMS)]
    panel = panel_of(tmp_path, [*labels, *unnamed], days=(), labels="outcomes", others=True)
    assert not panel.dated
    wave = panel.waves[0]
    assert wave.label.tolist() == [firm in "r:b r:d" for firm in FIRMS]
    assert panel.given is not None
    assert panel.given[0].tolist() == [0, 2] * 4
    assert wave.values[wave.rows, panel.names.index("f001")].tolist() == list(range(8))
    assert panel.horizon == 0  # the set does not say over what time


def test_stated_outcomes_look_as_far_ahead_as_they_say_and_no_two_ways_at_once(tmp_path: Path) -> None:
    def panel(name: str, *months: int | None) -> int:
        labels = [("Outcome", {"party": firm, "defaulted": firm in "r:b r:d", "recorded_at": LATE,
                               "horizon_months": months[at % len(months)]})
                  for at, firm in enumerate(FIRMS)]  # fmt: skip
        return panel_of(tmp_path / name, labels, days=(), labels="outcomes").horizon

    assert panel("all", 24) == 24
    assert panel("some", 24, None) == 0
    with pytest.raises(InvalidPanel, match="6, 24 months ahead"):
        panel("mixed", 24, 6)


def test_a_set_without_days_is_the_same_on_whatever_day_it_is_asked(tmp_path: Path) -> None:
    """Firms are no older next year, nothing that happened to them is longer ago, no promise is nearer its end."""
    stated = [
        *(("Outcome", {"party": firm, "defaulted": firm in "r:b r:d", "recorded_at": LATE}) for firm in FIRMS),
        guarantee("r:f", "r:g", 7.0, expires=date(2030, 1, 1)),
        ("LENDS", {"from": "r:f", "to": "r:h", "facility_id": "1", "kind": "loan", "drawn": 5.0, "currency": "CNY",
                   "maturity": date(2031, 1, 1), "recorded_at": LATE}),
    ]  # fmt: skip
    facts, asked = facts_of(tmp_path, stated), Plan((), labels="outcomes", currency="CNY")
    engine = Engine(Place(tmp_path), facts, clock=lambda: TODAY)
    panels = [build_panel(engine, asked, now=engine.moment(valid_at=day), progress=lambda _: None)
              for day in (date(2023, 6, 30), date(2024, 9, 1))]  # fmt: skip
    assert panels[0].digest == panels[1].digest
    assert np.isnan(panels[0].waves[0].values[:, panels[0].names.index("age")]).all()
    assert np.isnan(panels[0].waves[0].ties["LENDS"].details["months_left"]).all()
