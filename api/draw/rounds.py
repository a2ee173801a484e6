"""A shock by rounds: columns from the shock itself over who fails in each round to the lenders."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from api.answers.frame import Answer
from api.answers.namesakes import bare_name, distinguished
from api.answers.wording import both, money, plural, short_money
from api.draw import style
from api.draw.detours import detours
from api.draw.frame import curved, framed
from api.draw.labels import PARTS, TALL, Point, Taken, along, centred, line_width, wrapped
from api.draw.layered import layered
from api.draw.written import MARK, START, rounded, standing
from api.questions.shocks.cascade import Cascade, Passed, Struck
from api.questions.shocks.sent import TAKEN
from api.questions.shocks.traced import LAYERS_SAID
from graph.model import GUARANTEES, LENDS, OWNS, SUPPLIES

SHOCK: Final = "shock"
DARK: Final = {"background": "#3b4754", "border": "#1d2733"}
"""Colours of the shock itself."""
LARGER: Final = 1.3
"""How much wider and higher than an equity chart, for larger names and the amounts on its lines."""
FEW: Final = 16
"""Lines up to which each has room of its own in the columns it crosses, and columns have room for amounts."""
ABOVE: Final = 80.0
"""How far above all that is drawn what a column is called stands."""
NAMED, SAID = 19, 16
"""Sizes of names, and of amounts on lines."""
MANY: Final = 5
"""Rounds of which each is told how many of it are not drawn."""
THICK: Final = (1.4, 7.0)
"""Width of a line of next to nothing, and of the largest loss."""
STROKES: Final = {
    "production": style.STROKES[SUPPLIES.name],
    "guarantees": style.STROKES[GUARANTEES.name],
    "debts": style.STROKES[LENDS.name],
    "shares": style.STROKES[OWNS.name],
    SHOCK: style.Stroke("#3b4754", (6, 4)),
}
"""A layer is drawn as the relation that it runs along."""
LOOKS: Final = {
    "failed": ("#f6d5d5", "#a32626", "fails", "违约"),
    "stands": ("#dbe7f5", "#2c4a6e", "loses and stands", "受损未倒"),
    "lender": ("#dff0e4", "#1d7a46", "lender", "贷款人"),
}
"""Fill, border and name of each kind of mark."""


@dataclass(frozen=True)
class Head:
    """What a column is called, and where that stands."""

    x: float
    y: float
    title: str
    below: str


@dataclass(frozen=True)
class Column:
    """A column: its place from the left on, and its name in both languages."""

    order: tuple[int, int]
    en: str
    zh: str


@dataclass(frozen=True)
class Line:
    """What one loses by another, as it is drawn and as a row of the table."""

    id: str
    tail: str
    head: str
    layer: str
    label: str
    title: str
    amount: float
    said: Passed | None
    """None of what the shock does itself."""


def draw_rounds(answer: Answer[Cascade]) -> str:
    """One HTML page of a shock by rounds, with everything in it."""
    answer = distinguished(answer)
    value, currency = answer.answer, answer.answer.shock.currency
    every = list(_lines(value))
    lines = [line for line in every if not (line.said and line.said.late)]
    columns = _columns(value, lines)
    at, bends = _places(columns, lines)
    curves = _curves(lines, bends, at)
    canvas = _canvas(value, lines, curves, at)
    return framed(
        "rounds.html",
        answer,
        canvas.nodes,
        canvas.edges,
        cascade=value,
        called=both(value.shock.called, value.shock.called_zh),
        heads=[asdict(head) for head in _heads(value, columns, at, _top(lines, curves, at))],
        lines=[line for line in every if line.said],
        legend=list(_legend(lines)),
        recourse=any(line.layer == "guarantees" for line in every),
        looks=[look for kind, look in LOOKS.items() if any(_kind(one) == kind for one in value.struck)],
        strokes=STROKES,
        money=lambda amount: money(amount, currency),
        left=_left(value, lines, len(every) - len(lines)),
        sources={source.fact_id: f"{source.source} · {source.source_ref}" for source in answer.sources},
    )


# ── what is drawn, and where ──


def _lines(value: Cascade) -> Iterable[Line]:
    """What the shock does itself, and what each loses by another."""
    currency = value.shock.currency
    for one in value.struck:
        if one.by_itself is None or one.by_itself > 0:
            amount = one.by_itself or 0.0
            label = short_money(amount, currency) if amount else "fails · 违约"
            yield Line(f"{SHOCK} {one.party.id}", SHOCK, one.party.id, SHOCK, label, _hit(one, currency), amount, None)
    for passed in value.passed:
        tail, head = passed.source.id, passed.into.id
        said = (
            f"{passed.source.name} → {passed.into.name}\n{passed.how} {passed.how_zh}: {money(passed.amount, currency)}"
        )
        told = ["before recourse · 追偿前"] if passed.layer == "guarantees" else []
        title = "\n".join([said, *told, *(fact.text for fact in passed.facts)])
        label = short_money(passed.amount, currency)
        yield Line(f"{passed.layer} {tail} {head}", tail, head, passed.layer, label, title, passed.amount, passed)


def _hit(one: Struck, currency: str | None) -> str:
    """What the shock itself does to one, in both languages."""
    if one.by_itself is None:
        return f"{one.party.name} fails by the scenario\n情景设定其违约"
    parts = [(money(amount, currency), *TAKEN[name]) for name, amount in one.taken.items()]
    said = " and ".join(f"{amount} {how}" for amount, how, _ in parts)
    return "\n".join([f"{one.party.name} loses {said}", "；".join(f"{how} {amount}" for amount, _, how in parts)])


def _columns(value: Cascade, lines: Sequence[Line]) -> dict[str, Column]:
    """In which column each stands: the shock, who stands and passes it on, rounds, who loses and stands, lenders."""
    led = {line.head for line in lines if line.layer != SHOCK}
    found = {SHOCK: Column((0, 0), "The shock", "初始冲击")} if any(line.layer == SHOCK for line in lines) else {}
    for one in value.struck:
        if one.round:
            found[one.party.id] = Column((2, one.round), f"Round {one.round}", f"第{one.round}轮")
        elif one.lends:
            found[one.party.id] = Column((4, 0), "Lenders", "贷款人")
        elif one.party.id in led:
            found[one.party.id] = Column((3, 0), "Lose and stand", "受损未倒")
        else:
            found[one.party.id] = Column((1, 0), "Hit and stand", "受冲击未倒")
    return found


def _top(lines: Sequence[Line], curves: Sequence[Mapping[str, Any]], at: Mapping[str, Point]) -> float:
    """The highest place where a party stands or a line runs."""
    runs = (
        along(at[line.tail], at[line.head], aside=rounded(curve), part=part)[1]
        for line, curve in zip(lines, curves, strict=True)
        for part in PARTS
    )
    return min((*(y for _, y in at.values()), *runs), default=0.0)


def _heads(value: Cascade, columns: Mapping[str, Column], at: Mapping[str, Point], top: float) -> Iterable[Head]:
    """What each column is called, above all that is drawn, and how many more belong there."""
    if not columns:
        yield Head(0.0, 0.0, "Nobody fails or loses", "无人违约或受损")
    for column in sorted(set(columns.values()), key=lambda one: one.order):
        mine = [at[mark][0] for mark, its in columns.items() if its == column]
        more = {2: value.more.get(column.order[1], 0), 3: value.standing}.get(column.order[0], 0)
        below = f"and {more:,} more · 另有{more:,}家" if more else ""
        yield Head((min(mine) + max(mine)) / 2, top - ABOVE, f"{column.en} · {column.zh}", below)


def _left(value: Cascade, drawn: Sequence[Line], late: int) -> list[str]:
    """What is not drawn, in words of both languages."""
    tied = {end for line in drawn for end in (line.tail, line.head)}
    loose = sum(one.party.id not in tied for one in value.struck)
    failed, standing, lines, said = sum(value.more.values()), value.standing, value.lines, list[str]()
    if failed:
        rounds = ", ".join(f"{count:,} in round {number}" for number, count in value.more.items())
        if len(value.more) > MANY:
            rounds = f"in rounds {min(value.more)} to {max(value.more)}"
        said.append(f"{plural(failed, 'more party fails', 'more parties fail')}, not drawn: {rounds}.")
        said.append(f"另有{failed:,}家违约未画出。")
    if standing:
        said.append(f"{plural(standing, 'more party loses', 'more parties lose')} and stand, not drawn.")
        said.append(f"另有{standing:,}家受损未倒未画出。")
    if lines:
        said.append(f"{plural(lines, 'smaller loss', 'smaller losses')} between those drawn have no line.")
        said.append(f"另有{lines:,}笔较小损失未画出。")
    if loose:
        said.append(f"{plural(loose, 'party', 'parties')} drawn without a line: what led to it is not drawn.")
        said.append(f"图中{loose:,}家无连线：其损失来源未画出。")
    if late:
        said.append(f"{plural(late, 'loss', 'losses')} struck who had failed before: in the table only.")
        said.append(f"{late:,}笔损失发生于承损方违约之后，仅列于表中。")
    return said


def _places(columns: Mapping[str, Column], lines: Sequence[Line]) -> tuple[dict[str, Point], list[float]]:
    """Where each stands: in its column, near to those it is tied to; and how far each line bends, by its length."""
    numbers = {column: at for at, column in enumerate(sorted(set(columns.values()), key=lambda one: one.order))}
    number, few = {mark: at for at, mark in enumerate(columns)}, len(lines) <= FEW
    pairs = [(number[line.tail], number[line.head]) for line in lines]
    if not columns:
        return {}, []
    laid = layered(len(columns), pairs, columns_of=[numbers[column] for column in columns.values()], room=few)
    points = laid.points * [LARGER if few else 1.0, LARGER]
    places = {mark: (round(float(x), 1), round(float(y), 1)) for mark, (x, y) in zip(columns, points, strict=True)}
    if not few:
        return places, detours(points, pairs)
    lengths = [math.dist(laid.points[tail], laid.points[head]) or 1.0 for tail, head in pairs]
    return places, [float(bend) / length for bend, length in zip(laid.bends, lengths, strict=True)]


def _curves(lines: Sequence[Line], bends: Sequence[float], at: Mapping[str, Point]) -> list[dict[str, Any]]:
    """How each line runs: round whom it does not touch, and beside others of the same two."""
    between, found = Counter[tuple[str, str]](), []
    for line, bend in zip(lines, bends, strict=True):
        pair = min(line.tail, line.head), max(line.tail, line.head)
        # Two of one column have each other's names between them.
        aside = bend or (0.25 if abs(at[line.tail][0] - at[line.head][0]) < 1 else 0.0)
        found.append(curved(between[pair], turned=line.tail != pair[0], bend=aside))
        between[pair] += 1
    return found


def _canvas(value: Cascade, lines: Sequence[Line], curves: Sequence[Mapping[str, Any]], at: Mapping[str, Point]) -> Any:
    """Nodes and edges as pyvis keeps them, each at its place."""
    from pyvis.network import Network as Canvas  # noqa: PLC0415  (two seconds that only a picture needs)

    canvas, currency = Canvas(directed=True, cdn_resources="in_line"), value.shock.currency
    if SHOCK in at:
        look = {"shape": "diamond", "size": START, "color": DARK, "font": {"size": NAMED}}
        name, (x, y) = wrapped(both(value.shock.called, value.shock.called_zh) or "the shock · 初始冲击"), at[SHOCK]
        canvas.add_node(SHOCK, name, x=x, y=y, title=_shock_title(value), **look)
    for one in value.struck:
        x, y = at[one.party.id]
        canvas.add_node(one.party.id, _label(one, currency), x=x, y=y, title=_title(one, currency), **_look(one))
    _write(canvas, lines, curves)
    return canvas


def _write(canvas: Any, lines: Sequence[Line], curves: Sequence[Mapping[str, Any]]) -> None:
    """Draw the lines, with amounts where there is room: on no party, no name, and no other amount."""
    most = max((line.amount for line in lines), default=0.0) or 1.0
    at = {node["id"]: (node["x"], node["y"]) for node in canvas.nodes}
    taken = Taken(box for node in canvas.nodes for box in standing(node))
    for line, curve in sorted(zip(lines, curves, strict=True), key=lambda one: -one[0].amount):
        stroke = STROKES[line.layer]
        wide = (line_width(line.label) + 6) * SAID / 12
        ends = at[line.tail], at[line.head]
        tried = [centred(along(*ends, aside=rounded(curve), part=part), wide, TALL * SAID / 12) for part in PARTS]
        free = taken.first(tried)
        label = {"label": ""} if free is None else {"label": line.label, "at": PARTS[free]}
        canvas.add_edge(
            line.tail, line.head, id=line.id, kind=line.layer, title=line.title, smooth=dict(curve),
            width=round(THICK[0] + (THICK[1] - THICK[0]) * (line.amount / most) ** 0.5, 2),
            color={"color": stroke.color, "highlight": "#000000", "hover": stroke.color, "inherit": False},
            dashes=list(stroke.dashes) or False, font={"size": SAID, "strokeWidth": 7}, **label,
        )  # fmt: skip


# ── looks and words ──


def _kind(one: Struck) -> str:
    return "failed" if one.round else "lender" if one.lends else "stands"


def _look(one: Struck) -> dict[str, Any]:
    fill, border, *_ = LOOKS[_kind(one)]
    return {
        "shape": "square" if one.lends else style.SHAPES[one.party.kind],
        "size": START if one.lends else MARK + 2,
        "font": {"size": NAMED},
        "color": {"background": fill, "border": border, "highlight": {"background": "#ffffff", "border": "#000000"}},
    }


def _label(one: Struck, currency: str | None) -> str:
    name = wrapped(one.party.name)
    return f"{name}\n−{short_money(one.lost, currency)}" if one.lost >= 1 else name


def _title(one: Struck, currency: str | None) -> str:
    how = f"fails in round {one.round}: {one.why} 第{one.round}轮违约：{one.why_zh}" if one.round else "stands 未违约"
    own = [f"其中初始冲击 · of it by the shock itself: {money(one.by_itself, currency)}"] if one.by_itself else []
    return "\n".join(
        [
            bare_name(one.party),
            f"{one.party.kind} · {one.party.id}",
            how,
            f"损失 · loses: {money(one.lost, currency)}",
            *own,
        ]
    )


def _shock_title(value: Cascade) -> str:
    cost = value.shock.cost
    return f"初始冲击 · the shock\n债权人损失 · creditors lose: {money(cost.loss, value.shock.currency)}"


def _legend(lines: Sequence[Line]) -> Iterable[dict[str, Any]]:
    counted = Counter(line.layer for line in lines)
    for layer, stroke in STROKES.items():
        if counted[layer]:
            en, zh = LAYERS_SAID[layer]
            dashes = " ".join(str(part) for part in stroke.dashes)
            yield {"kind": layer, "en": en, "zh": zh, "count": counted[layer], "color": stroke.color, "dashes": dashes}
