"""A planted world as the files a user would get, and what is true of it beside them."""

import json
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.synthetic import names
from ingest.synthetic.days import number, plain
from ingest.synthetic.files import slices, write_csv
from ingest.synthetic.planted import dated
from ingest.synthetic.planted.figures import FLOWS, ITEMS, STOCKS
from ingest.synthetic.planted.firms import REGIONS
from ingest.synthetic.planted.links import RELATIONS
from ingest.synthetic.planted.truth import Truth
from ingest.synthetic.planted.world import DAYS, SOURCE, Planted
from ingest.synthetic.population import INDUSTRIES, SIZES

CURRENCY: Final = "CNY"
FILES: Final = {
    "GUARANTEES": ("guarantees.csv", "guarantor", "borrower"), "SUPPLIES": ("supplies.csv", "supplier", "buyer"),
    "OWES": ("debts.csv", "debtor", "creditor"), "RELATED_TO": ("addresses.csv", "firm", "other"),
}  # fmt: skip
"""File of each relation, and what tail and head are called in it."""
DELIVERY: Final = "delivery"
"""Folder of the files to load."""
TRUTH: Final = "truth"
"""Folder of what is true, which is not loaded."""
REGISTERED: Final = "2012-01-05"
DELIVERED: Final = f"{DAYS[-1].year + 1}-12-31"
TERMS: Final = (30, 45, 60, 90, 120)


def write(world: Planted, folder: Path, *, true: Truth | None = None) -> Path:
    """Write a world into a folder that `contagraph load` takes as it is; what is true of it goes beside the files.

    Same world, same bytes.
    """
    files = folder / DELIVERY
    files.mkdir(parents=True, exist_ok=True)
    streams = np.random.default_rng([world.seed, len(world), 1]).spawn(len(FILES) + 2)
    written = [_firms(world, files), _statements(world, files, streams[0]), _defaults(world, files, streams[1])]
    for name, rng in zip(FILES, streams[2:], strict=True):
        written.append(_links(world, name, files, rng))
    (files / "mapping.toml").write_text(_mapping(), encoding="utf-8")
    told = {
        "name": DELIVERY, "source": SOURCE, "format": "tables", "delivered": DELIVERED,
        "files": [f"{DELIVERY}/{path.name}" for path in written], "settings": {"mapping": f"{DELIVERY}/mapping.toml"},
    }  # fmt: skip
    _write_json(folder / "deliveries.json", {"deliveries": [told]})
    if true:
        _write_truth(world, true, folder / TRUTH)
    return folder


def _firms(world: Planted, files: Path) -> Path:
    trades = names.choose([word for _, word, _ in INDUSTRIES], world.firms.industry.astype(np.int64))
    table = pa.table({
        "firm": _numbers(world, np.arange(len(world))),
        "name": names.chinese_companies(np.arange(len(world)), trades),
        "industry": _words([code for code, *_ in INDUSTRIES], world.firms.industry),
        "size": _words([size for size, _ in SIZES], world.firms.size),
        "region": _words(REGIONS, world.firms.region),
        "registered": pa.array([REGISTERED] * len(world)),
    })  # fmt: skip
    return write_csv(files / "firms.csv", [table], encoding="utf-8")


def _statements(world: Planted, files: Path, rng: np.random.Generator) -> Path:
    """Each statement once, in the order of years."""
    year, firm = np.nonzero(world.figures.statement == np.arange(len(DAYS))[:, None])
    ended, published = dated.of_statements(year, rng)

    def part(at: slice) -> pa.Table:
        items = world.items[year[at], firm[at]]
        return pa.table({
            "firm": _numbers(world, firm[at]), "period_end": plain(ended[at]), "published": plain(published[at]),
            "currency": _constant(CURRENCY, at, firm),
            **{name: _whole(items[:, place]) for place, name in enumerate(ITEMS)},
        })  # fmt: skip

    return write_csv(files / "statements.csv", _parts(part, len(firm)), encoding="utf-8")


def _defaults(world: Planted, files: Path, rng: np.random.Generator) -> Path:
    """In the order of days."""
    firm = np.flatnonzero(world.defaulted >= 0)
    day, published = dated.of_defaults(world, firm, rng)
    order = np.argsort(day, kind="stable")
    table = pa.table({
        "firm": _numbers(world, firm[order]), "day": plain(day[order]), "published": plain(published[order]),
    })  # fmt: skip
    return write_csv(files / "defaults.csv", [table], encoding="utf-8")


def _links(world: Planted, name: str, files: Path, rng: np.random.Generator) -> Path:
    file, tail, head = FILES[name]
    ties = world.ties[name]
    since, until, published = dated.of_links(ties, rng)
    term = rng.choice(TERMS, len(since))
    ends, exposure = (ties.links.tail, ties.links.head), ties.links.exposure

    def part(at: slice) -> pa.Table:
        columns = {tail: _numbers(world, ends[0][at]), head: _numbers(world, ends[1][at])}
        if name == "SUPPLIES":
            sales = np.round(exposure[at] * 365 / term[at])
            columns |= {"sales": _whole(sales), "receivable": _whole(exposure[at]), "term_days": pa.array(term[at])}
        elif name != "RELATED_TO":
            columns |= {"amount": _whole(exposure[at])}
        columns |= {} if name == "RELATED_TO" else {"currency": _constant(CURRENCY, at, since)}
        days = {"since": plain(since[at]), "until": plain(until[at]), "published": plain(published[at])}
        return pa.table(columns | days)

    return write_csv(files / file, _parts(part, len(since)), encoding="utf-8")


def _mapping() -> str:
    head = f'[source]\nname = "{SOURCE}"\ntrust = 0.9\ndelivery = "changes"\ndelivered = {DELIVERED}\n\n'
    body = (resources.files("ingest.synthetic") / "mappings" / "planted.toml").read_text(encoding="utf-8")
    return (
        head + body + "".join(_item(name, months) for names_, months in ((STOCKS, 0), (FLOWS, 12)) for name in names_)
    )


def _item(name: str, months: int) -> str:
    """An item of the statements as a fact: they have a column for each."""
    return (
        f'\n[[table.fact]]\nkind = "Statement"\nparty = "firm"\nperiod_end = "period_end"\nwhen = "{name}"\n'
        f'months = {{ constant = "{months}" }}\nitem = {{ constant = "{name}" }}\nvalue = "{name}"\nunit = "currency"\n'
    )


def _write_truth(world: Planted, true: Truth, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    year, firm = np.nonzero(~np.isnan(true.probability))
    days = _days()

    def chances(at: slice) -> pa.Table:
        of = (year[at], firm[at])
        return pa.table({
            "id": pa.array(world.ids[firm[at]]), "day": plain(days[year[at]]),
            "probability": true.probability[of], "standard_error": true.error[of], "own": true.own[of],
            "defaulted": pa.array((world.defaulted[firm[at]] == year[at]).astype(np.int8)),
        })  # fmt: skip

    write_csv(folder / "probabilities.csv", _parts(chances, len(year)), encoding="utf-8")
    write_csv(folder / "causes.csv", _causes(world, true), encoding="utf-8")
    law = {"b": world.law.base, "lambda_public": world.law.public, "lambda_hidden": world.law.hidden}
    relations = {one.name: {"failing": one.failing, "loss_given_default": one.loss} for one in RELATIONS}
    told = {"world": world.name, "firms": len(world), "seed": world.seed, "draws": true.draws, "law": law}
    _write_json(folder / "world.json", told | {"relations": relations})


def _causes(world: Planted, true: Truth) -> Iterator[pa.Table]:
    relation = np.array([one.name for one in RELATIONS])
    for year, causes in enumerate(true.causes):
        hits = causes.hits
        # An empty year still tells the columns.
        for at in slices(max(len(hits), 1)):
            yield pa.table({
                "id": pa.array(world.ids[hits.target[at]]), "day": plain(_days()[[year] * len(hits.target[at])]),
                "through": pa.array(world.ids[hits.source[at]]), "relation": pa.array(relation[hits.relation[at]]),
                "adds": causes.adds[at],
            })  # fmt: skip


def _days() -> NDArray[np.int64]:
    return np.array([number(day) for day in DAYS])


def _parts(part: Callable[[slice], pa.Table], rows: int) -> Iterator[pa.Table]:
    return (part(at) for at in slices(max(rows, 1)))


def _numbers(world: Planted, firm: NDArray[np.integer]) -> pa.Array:
    """What the source calls firms: their ids without its name."""
    return pa.array(np.char.partition(world.ids[firm], ":")[..., 2])


def _whole(amount: NDArray[np.float64]) -> pa.Array:
    unstated = np.isnan(amount)
    return pa.array(np.where(unstated, 0, amount).astype(np.int64), mask=unstated)


def _words(words: Iterable[str], code: NDArray[np.integer]) -> pa.Array:
    return names.choose(list(words), code)


def _constant(word: str, at: slice, like: NDArray[np.integer]) -> pa.Array:
    return pa.array([word] * len(like[at]), pa.string())


def _write_json(path: Path, told: object) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
