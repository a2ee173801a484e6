"""Runs of models on a terminal: which there are, two beside each other, what moved."""

import json
import shutil
from collections.abc import Iterable
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from api.answers.wording import percent
from api.learning.facts import told
from api.learning.lives import Listed
from api.learning.watching import Compared, Watched
from api.printing.frame import PAPER
from api.printing.paper import BOLD, DIM, row, table

SHOWN = 10
"""Figures told, the furthest first."""


def show_runs(runs: list[Listed], *, as_json: bool) -> None:
    """One line a run."""
    made = table("run", "standing", "model", "definition", "made", "kept out", "promoted by", "")
    for one in runs:
        row(made, one.run, one.standing, one.model, one.definition, one.made_at[:10], ", ".join(one.held_out),
            one.promoted_by, one.problem)  # fmt: skip
    none = Text("no run: train one with contagraph train CONFIG.toml")
    _show(runs, [made if runs else none], as_json=as_json)


def show_compared(found: Compared, *, as_json: bool) -> None:
    """Each measure of both, and the difference with its interval."""
    heads = ("measure", found.one, found.other, "difference", "interval 95%")
    made = table(*heads, title=f"{found.rows:,} rows, {found.defaults:,} defaults", amounts=heads[1:4])
    for name, (one, other, gain) in found.measures.items():
        row(made, name, f"{one.value:.4f}", f"{other.value:.4f}", f"{gain.value:+.4f}",
            f"{gain.low:+.4f} – {gain.high:+.4f}")  # fmt: skip
    out = ", ".join(map(str, found.days)) or "the rows that the data set keeps for judging · 数据自带的检验集"
    days = Text(f"held out by both: {out}", style=DIM)
    _show(found, [made, days], as_json=as_json)


def show_watched(found: Watched, *, as_json: bool) -> None:
    """Score, calibration, figures, and what calls for another model."""
    drift = found.drift
    parts: list[Any] = [
        Text(f"{found.run} on {found.day}; it learned from {found.taught[0]} to {found.taught[-1]}", style=BOLD),
        Text(f"score 分数：PSI {drift.score.index:.3f}, {drift.score.level}"),
        Text(f"calibration 校准：{_calibrated(found)}"),
    ]  # fmt: skip
    made = table("figure", "PSI", "missing then", "now", "", title="figures, the furthest first",
                 amounts=("PSI", "missing then", "now"))  # fmt: skip
    for one in drift.figures[:SHOWN]:
        row(made, one.name, f"{one.index:.3f}", percent(one.missing[0]), percent(one.missing[1]), one.level)
    called = table(
        "trigger", "what", "value", "above", "", title="what calls for another model", amounts=("value", "above")
    )
    for each in found.triggers:
        row(called, each.trigger.id, [each.trigger.name.en, each.trigger.name.zh], f"{each.value:.3f}",
            f"{each.trigger.above:g}", "train again · 需重新训练" if each.pulled else "")  # fmt: skip
    again = f"another model is called for: contagraph models retrain {found.run} --valid-at {found.day}"
    end = again if found.retrain else "nothing calls for another"
    _show(found, [*parts, made, called, Text(end, style=BOLD)], as_json=as_json)


def _calibrated(found: Watched) -> str:
    seen = found.drift.calibration
    if not seen.rows or found.judged is None:
        return "no year that it did not learn from is over yet"
    return (f"{seen.seen:,} defaults seen, {seen.expected:,.1f} expected of {seen.rows:,} firms as of {found.judged}, "
            f"{seen.error:+.2f} standard errors, {seen.level}")  # fmt: skip


def _show(found: Any, parts: Iterable[Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told(found), ensure_ascii=False, indent=2))
        return
    width = shutil.get_terminal_size(PAPER).columns
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)
