"""Panels, trainings and evaluations on a terminal."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from analytics.learning.evaluating.card import Card
from analytics.learning.evaluating.table import Difference, Row
from analytics.learning.judging.bootstrap import Estimate
from analytics.learning.judging.explained import Explained
from analytics.learning.judging.measures import MEASURES
from analytics.learning.panel import Panel
from api.learned.page import evaluation_page, together
from api.learning.cards import STATIC, placed, shared
from api.learning.explained import COLUMNS, EXPLAINED, JUDGED, explained_cells
from api.learning.facts import told
from api.learning.keeping import in_json, write_whole
from api.learning.registry import called
from api.learning.wording import Tongue, foretold_said, split_said, variant_said

if TYPE_CHECKING:
    from api.learned.training import Trained
    from api.learning.evaluation import Worlds

WIDTH: Final = 132
"""Columns of a table where no terminal says how wide it is."""


def show_panel(panel: Panel) -> None:
    """Waves, rows, defaults, links, missing figures, hash."""
    console = _console()
    grid = Grid(box=None, pad_edge=False)
    for name in ("day", "rows", "defaults", "rate", "public defaults", "missing figures"):
        grid.add_column(name, justify="left" if name == "day" else "right")
    for relation in panel.relations:
        grid.add_column(relation, justify="right")
    for wave in panel.waves:
        known, bad = int((wave.label >= 0).sum()), int((wave.label == 1).sum())
        gaps = float(np.isnan(wave.values[wave.rows]).mean()) if wave.values.size and len(wave.rows) else 0.0
        grid.add_row(
            str(wave.day or "none"), f"{len(wave.rows):,}", f"{bad:,}", f"{bad / known:.2%}" if known else "not yet",
            f"{int(wave.public.sum()):,}", f"{gaps:.1%}", *(f"{wave.ties[name].size:,}" for name in panel.relations),
        )  # fmt: skip
    console.print(grid)
    scopes = {scope: len(panel.columns(scope)) for scope in ("own", "engine", "neighbours")}
    figures = ", ".join(f"{count} {scope}" for scope, count in scopes.items() if count)
    console.print(f"{panel.size:,} parties, {int(panel.firm.sum()):,} firms; figures: {figures or 'none'}")
    console.print(f"default {foretold_said(panel.definition, panel.horizon).en}; hash {panel.digest}")
    _static(console, panel.dated)
    if refused := sum(panel.gaps.refused.values()):
        console.print(f"{refused:,} rows of its files stand in quarantine: contagraph quarantine list", style="yellow",
                      highlight=False)  # fmt: skip
    if until := panel.gaps.until:
        console.print(f"defaults are told up to {until}; days whose horizon ends later have no labels", highlight=False)


def show_trained(trained: "Trained") -> None:
    """What was kept and why, where it is, and how it comes to answer."""
    console = _console()
    card, say = trained.card, Tongue("en")
    console.print(_grid(card, say, [row for row in card.table.rows if not row.variant]))
    console.print(f"[bold]kept: {trained.kept}[/] · {escape(card.served.why.en)}", highlight=False)
    _cautions(console, card, say)
    console.print(
        f"kept in {trained.run.folder}; read {trained.run.folder / 'card.md'}", highlight=False, soft_wrap=True
    )
    name = called(trained.run)
    console.print(f"not served before two people promote it: contagraph models promote {name} --by … --with …",
                  highlight=False, soft_wrap=True)  # fmt: skip


def show_evaluation(card: Card, over: "Worlds | None", *, out: Path | None, say: Tongue, as_json: bool) -> None:
    """The whole table, and as a file where one is named."""
    facts = told({"card": card} if over is None else {"card": card, "world": over.name, "firms": over.firms,
                                                      "worlds": [one.table for one in over.cards],
                                                      "explained": over.explained})  # fmt: skip
    if out is not None:
        page = in_json(facts) if out.suffix.lower() == ".json" else evaluation_page(card, over, say).encode()
        write_whole(out, page)
    if as_json:
        typer.echo(in_json(facts).decode(), nl=False)
        return
    console = _console()
    if over is not None:
        told_over = say(f"{over.name}: {over.seeds} worlds of {over.firms:,} firms; intervals are over worlds",
                        f"{over.name}：{over.seeds}个世界，各{over.firms:,}家企业；区间为各世界之间")  # fmt: skip
        console.print(told_over, highlight=False)
    for (split, variant), rows in together(card.table.rows):
        title = split_said(say, split) + (f", {variant_said(say, variant)}" if variant else "")
        console.print(f"\n[bold]{escape(title)}[/]", highlight=False)
        console.print(_grid(card, say, list(rows)))
    if card.table.differences:
        console.print(f"\n[bold]{say('paired differences', '配对差异')}[/]", highlight=False)
        console.print(_differences(card.table.differences, say))
    for line in _shares(card, say):
        console.print(line, highlight=False)
    if over is not None and over.explained:
        console.print(f"\n[bold]{say(*EXPLAINED)}[/]", highlight=False)
        console.print(_explained(over.explained, say))
        console.print(say(*JUDGED).format(firms=over.explained[0].firms), highlight=False)
    why = say(card.served.why.en, card.served.why.zh)
    console.print(f"\n[bold]{say('served by the rule', '按规则启用')}: {card.served.model}[/] · {escape(why)}",
                  highlight=False)  # fmt: skip
    _static(console, card.data.days[0].day is not None, say)
    _cautions(console, card, say)
    if out is not None:
        console.print(say(f"written to {out}", f"已写入 {out}"), highlight=False, soft_wrap=True)


def _console() -> Console:
    found = Console(emoji=False)
    return found if found.is_terminal else Console(emoji=False, width=WIDTH)


def _grid(card: Card, say: Tongue, rows: list[Row]) -> Grid:
    grid = Grid(box=None, pad_edge=False)
    grid.add_column(say("model", "模型"), no_wrap=True)
    for measure in MEASURES:
        grid.add_column(say(measure.en, measure.zh), justify="right")
    for row in rows:
        if not row.measures:
            grid.add_row(row.model, f"[yellow]{escape(row.refused)}[/]")
            continue
        first, *others = (row.measures[measure.name] for measure in MEASURES)
        mark = "*" if row.model == card.served.model and not row.variant else ""
        grid.add_row(f"{row.model}{mark}", _ranged(first), *(f"{one.value:.4f}" for one in others))
    return grid


def _ranged(one: Estimate, *, sign: bool = False) -> str:
    form = "+.4f" if sign else ".4f"
    return escape(f"{one.value:{form}} [{one.low:{form}}, {one.high:{form}}]")


def _differences(found: tuple[Difference, ...], say: Tongue) -> Grid:
    grid = Grid(box=None, pad_edge=False)
    for name in (say("one", "一"), say("less the other", "减另一")):
        grid.add_column(name, overflow="fold")
    for name in ("AUC", say("Log loss", "对数损失")):
        grid.add_column(name, no_wrap=True)
    for one in found:
        auc = one.measures["auc"]
        said = _ranged(auc, sign=True)
        grid.add_row(placed(say, one.one), placed(say, one.other), f"[bold]{said}[/]" if auc.above_zero else said,
                     _ranged(one.measures["log_loss"], sign=True))  # fmt: skip
    return grid


def _explained(found: tuple[Explained, ...], say: Tongue) -> Grid:
    grid = Grid(box=None, pad_edge=False)
    for at, (name, *_) in enumerate(COLUMNS):
        grid.add_column(say(name.en, name.zh), justify="right" if at else "left", no_wrap=True)
    for one in found:
        grid.add_row(*(escape(cell) for cell in explained_cells(one, say)))
    return grid


def _shares(card: Card, say: Tongue) -> Iterator[str]:
    for share in card.table.shares:
        kinds = {
            "placebo": say(
                "of its gain over {over}, what stays where links are permuted", "相对{over}的增益中打乱连接后仍存在"
            ),
            "recovered": say("of what the truth has over {over}, what is recovered", "占真实概率相对{over}增益的比例"),
        }
        said = kinds[share.kind].format(over=share.over)
        yield f"{share.model}, {said}: {escape(shared(say, share.value))}"


def _cautions(console: Console, card: Card, say: Tongue) -> None:
    console.print(f"[bold]{say('do not conclude', '不得得出的结论')}[/]", highlight=False)
    for caution in card.cautions:
        console.print(f"  - {escape(say(caution.said.en, caution.said.zh))}", highlight=False)


def _static(console: Console, dated: bool, say: Tongue | None = None) -> None:
    if not dated:
        console.print((say or Tongue("en"))(*STATIC).removeprefix("- "), style="yellow", highlight=False)
