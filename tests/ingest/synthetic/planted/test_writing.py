import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ingest.quality import Checks
from ingest.source import Rejected
from ingest.synthetic.planted import DAYS, ITEMS, write
from ingest.tables import Tables
from tests.ingest.synthetic.planted.worlds import known

LAST = "9999-12-31"


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "delivery" / name, dtype={0: str, 1: str}, keep_default_na=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world, true = known("S2", 400)
    return write(world, tmp_path_factory.mktemp("planted") / "w", true=true)


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_world_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    world, true = known.__wrapped__("S2", 400)
    assert fingerprint(write(world, tmp_path / "again", true=true)) == fingerprint(folder)


def test_no_row_is_refused(folder: Path) -> None:
    source, checks = Tables(), Checks()
    files = tuple(sorted((folder / "delivery").glob("*.csv")))
    delivery = source.delivery(files, {"mapping": str(folder / "delivery" / "mapping.toml")})
    refused: list[Rejected] = []
    for found in source.read(delivery):
        refused += [found] if isinstance(found, Rejected) else checks.check(found)[1]
    assert refused == []


@pytest.mark.parametrize(
    ("relation", "file", "amount"),
    [("GUARANTEES", "guarantees.csv", "amount"), ("SUPPLIES", "supplies.csv", "receivable"),
     ("OWES", "debts.csv", "amount"), ("RELATED_TO", "addresses.csv", None)],
)  # fmt: skip
def test_links_are_known_on_the_days_on_which_they_are_there_and_on_no_other(
    folder: Path, relation: str, file: str, amount: str | None
) -> None:
    world, _ = known("S2", 400)
    told = read(folder, file)
    for year, day in enumerate(map(str, DAYS)):
        known_by = (told["since"] <= day) & (day < told["until"].fillna(LAST)) & (told["published"] <= day)
        there = told[known_by]
        of = world.links(year)[relation]
        assert ("planted:" + there.iloc[:, 0]).tolist() == world.ids[of.tail].tolist()
        assert ("planted:" + there.iloc[:, 1]).tolist() == world.ids[of.head].tolist()
        if amount:
            np.testing.assert_array_equal(there[amount], of.exposure)


def test_the_last_statement_known_on_a_day_says_what_the_world_knows(folder: Path) -> None:
    world, _ = known("S2", 400)
    told = read(folder, "statements.csv")
    for year, day in enumerate(map(str, DAYS)):
        out = told[told["published"] <= day].sort_values("period_end").groupby("firm").tail(1).set_index("firm")
        rows = out.reindex([firm.removeprefix("planted:") for firm in world.ids.tolist()])
        np.testing.assert_array_equal(rows[list(ITEMS)].to_numpy(float), world.items[year])


def test_a_statement_comes_out_after_its_year_and_before_the_next_as_of_day(folder: Path) -> None:
    told = read(folder, "statements.csv")
    after = (pd.to_datetime(told["published"]) - pd.to_datetime(told["period_end"])).dt.days
    assert after.between(60, 181).all()


def test_a_default_is_of_the_year_after_its_day_and_known_by_the_next(folder: Path) -> None:
    world, _ = known("S2", 400)
    told = read(folder, "defaults.csv")
    defaulted = dict(zip(world.ids.tolist(), world.defaulted.tolist(), strict=True))
    assert len(told) == (world.defaulted >= 0).sum()
    for firm, day, published in told.itertuples(index=False):
        year = DAYS[defaulted[f"planted:{firm}"]].year + 1
        assert f"{year}-01-01" <= day <= published <= f"{year}-12-31"
    round_ = dict(zip(world.ids.tolist(), world.round.tolist(), strict=True))
    rounds = [round_[f"planted:{firm}"] for firm in told["firm"]]
    years = [day[:4] for day in told["day"]]
    assert max(rounds) > 0
    assert list(zip(years, rounds, strict=True)) == sorted(zip(years, rounds, strict=True))


def test_what_is_true_stands_beside_the_files(folder: Path) -> None:
    world, true = known("S2", 400)
    told = pd.read_csv(folder / "truth" / "probabilities.csv")
    there = ~np.isnan(true.probability)
    assert len(told) == there.sum()
    np.testing.assert_allclose(told["probability"], true.probability[there], rtol=1e-12)
    assert told["defaulted"].sum() == (world.defaulted >= 0).sum()
    causes = pd.read_csv(folder / "truth" / "causes.csv")
    assert len(causes) == sum(len(one.adds) for one in true.causes)
    heaviest = causes[causes["day"] == str(DAYS[2])].nlargest(1, "adds").iloc[0]
    at = int(np.argmax(true.causes[2].adds))
    assert heaviest["id"] == world.ids[true.causes[2].hits.target[at]]
    assert heaviest["through"] == world.ids[true.causes[2].hits.source[at]]
