"""An evaluation as one HTML page: the whole table, plots, what is served, what must not be concluded."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import jinja2

from analytics.learning.evaluating.card import Card
from analytics.learning.evaluating.table import Row
from analytics.learning.judging.measures import MEASURES
from api.learned.drawn import reliability_plot, spans
from api.learning.cards import SCOPES, STATIC, estimated, placed, shared
from api.learning.explained import COLUMNS, EXPLAINED, JUDGED, explained_cells
from api.learning.wording import PARTS, SPLITS, Tongue, figure_said, foretold_said, group_said, split_said, variant_said
from api.report.page import TEMPLATES
from api.report.plots import Plot

if TYPE_CHECKING:
    from api.learning.evaluation import Worlds

TOGETHER: Final = 3
"""Models in one plot of reliability."""
FIRST: Final = ("truth", "stack", "gnn", "mlp", "lightgbm-graph", "lightgbm-degrees", "lightgbm", "scorecard")
"""Models whose reliability is drawn first."""


def evaluation_page(card: Card, over: "Worlds | None", say: Tongue) -> str:
    """The report in one language; nothing in it comes from another host."""
    table = card.table
    groups = [
        (split_said(say, split), variant_said(say, variant), list(rows))
        for (split, variant), rows in together(table.rows)
    ]
    page: str = _environment().get_template("evaluation.html").render(
        say=say, card=card, table=table, over=over, groups=groups, measures=MEASURES, estimated=estimated,
        placed=lambda place: placed(say, place), shared=lambda part: shared(say, part),
        grouped=lambda group: group_said(say, group),
        figured=lambda name: figure_said(say, name), foretold=foretold_said(card.data.definition, card.data.horizon),
        explaining=EXPLAINED, scopes=SCOPES, parts=PARTS, splits=SPLITS, static=STATIC,
        style=(TEMPLATES / "style.css").read_text(encoding="utf-8"),
        auc=_auc(say, [row for row in table.rows if row.split == table.main and not row.variant]),
        explained=_explained(say, over), gains=_gains(say, card),
        reliability=_reliability(say, card), strata=_strata(card),
    )  # fmt: skip
    return page


def together(rows: Sequence[Row]) -> list[tuple[tuple[str, str], list[Row]]]:
    """Rows by split and variant, the truth last among its own."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.split, row.variant), []).append(row)
    return list(found.items())


def _explained(say: Tongue, over: "Worlds | None") -> tuple[list[str], list[list[str]], str] | None:
    """Heads, rows, and what was judged; none where no explanations were."""
    if over is None or not over.explained:
        return None
    heads = [say(head.en, head.zh) for head, _ in COLUMNS]
    return (
        heads,
        [explained_cells(one, say) for one in over.explained],
        say(*JUDGED).format(firms=over.explained[0].firms),
    )


def _auc(say: Tongue, rows: Sequence[Row]) -> Plot | None:
    told = [(row.model, *_ends(row)) for row in rows if row.measures]
    return spans(say("AUC with 95 % intervals", "AUC及95%区间"), told) if told else None


def _ends(row: Row) -> tuple[float, float, float]:
    one = row.measures["auc"]
    return one.value, one.low, one.high


def _gains(say: Tongue, card: Card) -> Plot | None:
    told = [
        (one.one[0], one.measures["auc"].value, one.measures["auc"].low, one.measures["auc"].high)
        for one in card.table.differences
        if one.one[1:] == one.other[1:] == (card.table.main, "") and one.other[0] == "lightgbm"
    ]
    title = say("AUC less that of LightGBM on own figures", "与仅用自身特征的LightGBM的AUC之差")
    return spans(title, told, mark=0.0) if told else None


def _reliability(say: Tongue, card: Card) -> list[Plot]:
    found = card.table.reliability
    names = [name for name in FIRST if name in found] + [name for name in found if name not in FIRST]
    title = say("What was said and how often it came true", "预测与实际")
    return [reliability_plot(title, found, names[at : at + TOGETHER]) for at in range(0, len(names), TOGETHER)]


def _strata(card: Card) -> list[tuple[str, list[str], list[tuple[str, int, int, list[str]]]]]:
    """By figure: models, and each group with its rows, defaults and the AUC of each model."""
    found = []
    for by in dict.fromkeys(one.by for one in card.strata):
        mine = [one for one in card.strata if one.by == by]
        models = list(dict.fromkeys(one.model for one in mine))
        groups = []
        for group in dict.fromkeys(one.group for one in mine):
            of = {one.model: one for one in mine if one.group == group}
            some = next(iter(of.values()))
            told = [f"{of[m].measures['auc'].value:.3f}" if m in of and of[m].measures else "" for m in models]
            groups.append((group, some.rows, some.bad, told))
        if any(group for group, *_ in groups):
            found.append((by, models, groups))
    return found


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
