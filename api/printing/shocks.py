"""What a shock costs: by lender, layer and round, who fails, whose output falls, and the way a loss came."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from api.answers.wording import both, money, percent, plural
from api.printing.paper import BOLD, Cited, left, plain, row, table
from api.questions.shocks.felt import Felt
from api.questions.shocks.shock import Cost, Idle, ShockAnswer
from api.questions.shocks.traced import LAYERS_SAID, Step

DEPTH = 12
"""Steps of one path that are printed; --json has all."""
BEFORE = "called guarantees: before recourse to who was paid for, which comes later · 担保代偿：追偿前金额，追偿在后"


def shock(answer: ShockAnswer, cited: Cited) -> Iterator[Any]:
    """The loss, who bears it, by what layer it came, who fails and why, and what it goes back to."""
    failed = plural(answer.fallen_page.total, "party fails", "parties fail")
    said = f": {failed}; creditors lose {money(answer.cost.loss, answer.currency)}"
    if answer.caveat:
        said += f"; {answer.caveat.said} · {answer.caveat.said_zh}"
    yield Text.assemble((plain(both(answer.called, answer.called_zh) or "a shock · 冲击"), BOLD), plain(said))
    yield from _lenders(answer)
    if answer.layers:
        yield _layers(answer)
    if len(answer.rounds) > 1:
        yield _rounds(answer)
    if answer.fallen:
        yield _fallen(answer)
        yield from left(answer.fallen_page, "failure", by="--limit")
    if answer.standing:
        yield _standing(answer)
        yield from left(answer.standing_page, "party", "parties", by="--limit")
    if answer.payers:
        heads = ("called for", "pays, net of counter-guarantees")
        made = table("guarantor", *heads, "", title="who pays for others · 代偿", amounts=heads)
        for payer in answer.payers:
            amounts = (money(x, answer.currency) for x in (payer.asked, payer.paid))
            row(made, payer.party.name, *amounts, "fails · 违约" if payer.failed else "")
        yield made
        yield from left(answer.payers_page, "guarantor", by="--limit")
    if answer.idle:
        yield _idle(answer)
        yield from left(answer.idle_page, "party", "parties", by="--limit")
    if answer.groups:
        made = table("group", "failed", "lost on it", title="groups hit · 受影响集团", amounts=("failed", "lost on it"))
        for group in answer.groups:
            row(made, f"{group.top.name}", f"{group.members:,}", money(group.loss, answer.currency))
        yield made
    if answer.tree is not None:
        yield _tree(answer.tree, answer.currency, cited)


def _lenders(answer: ShockAnswer) -> Iterator[Table]:
    heads = ("owed to it", "by the failed", "× LGD", "lost", "without any layer")
    made = table("lender", *heads, title="losses of lenders · 贷款人损失", amounts=heads)

    def line(name: str, owed: float | None, cost: Cost) -> None:
        amounts = (owed, cost.at_default, cost.static, cost.loss, cost.without)
        row(made, name, *("" if one is None else money(one, answer.currency) for one in amounts))

    for one in answer.lenders:
        line(one.party.name + (" · fails" if one.failed else ""), one.at_stake, one.cost)
    line("all creditors · 全部债权人", None, answer.cost)
    yield made


def _layers(answer: ShockAnswer) -> Table:
    heads = ("failed", "lost", "beyond the shock")
    made = table("layer alone", "单独传导", *heads, title="which layer alone would have given what", amounts=heads)
    for one in answer.layers:
        row(made, one.name, one.name_zh, f"{one.failed:,}", *(money(x, answer.currency) for x in (one.loss, one.added)))
    row(made, "together beyond their sum", "耦合", "", "", money(answer.coupling, answer.currency))
    return made


def _rounds(answer: ShockAnswer) -> Table:
    heads = ("failed", "owed by them", "lost")
    made = table("round", *heads, title="rounds · 轮次", amounts=("round", *heads))
    for one in answer.rounds:
        row(
            made, f"{one.number}", f"{one.failed:,}", money(one.at_default, answer.currency),
            money(one.loss, answer.currency),
        )  # fmt: skip
    return made


def _fallen(answer: ShockAnswer) -> Table:
    heads, assumed = ("equity", "lost in the end", "owes", "pays"), _assumed(answer.fallen)
    made = table(
        "failed", "round", "why", "原因", *heads, *assumed, title="who fails · 违约主体", amounts=("round", *heads)
    )
    for one in answer.fallen:
        lost, owed = (money(x, answer.currency) for x in (one.lost, one.owed))
        pays = "–" if one.paid is None else percent(one.paid)
        cells = (_equity(one, answer.currency), lost, owed, pays)
        row(made, one.party.name, f"{one.round}", one.why, one.why_zh, *cells, *(_by(one) for _ in assumed))
    return made


def _standing(answer: ShockAnswer) -> Table:
    """Who loses and stands, by the layers through which any of them loses."""
    layers = [name for name in LAYERS_SAID if any(one.parts.get(name, 0) > 0 for one in answer.standing)]
    said, assumed = [" · ".join(LAYERS_SAID[name]) for name in layers], _assumed(answer.standing)
    heads = ("equity", "lost in the end", *said)
    made = table("party", *heads, *assumed, title="who loses and stands · 受损未违约", amounts=heads)
    for one in answer.standing:
        amounts = (money(x, answer.currency) for x in (one.lost, *(one.parts[name] for name in layers)))
        row(made, one.party.name, _equity(one, answer.currency), *amounts, *(_by(one) for _ in assumed))
    return made


def _equity(one: Felt, currency: str | None) -> str:
    return "not known" if one.equity is None else money(one.equity, currency)


def _assumed(some: Sequence[Felt]) -> tuple[str, ...]:
    """The head of the column that says by what equity is assumed; none where all of some state it."""
    return ("equity assumed · 净资产为估计",) if any(one.assumed for one in some) else ()


def _by(one: Felt | Idle) -> str:
    return f"{one.assumed_zh} · {one.assumed}" if one.assumed else ""


def _idle(answer: ShockAnswer) -> Table:
    heads = ("output lost", "income lost")
    assumed = ("margin assumed · 毛利为估计",) if any(one.assumed for one in answer.idle) else ()
    made = table("party", *heads, "", *assumed, title="whose output falls · 产出下降", amounts=heads)
    for one in answer.idle:
        income = "not known" if one.income is None else money(one.income, answer.currency)
        row(
            made,
            one.party.name,
            percent(one.output),
            income,
            "fails · 违约" if one.failed else "",
            *(_by(one) for _ in assumed),
        )
    return made


def _tree(tree: Step, currency: str | None, cited: Cited) -> Table:
    title = f"what the {money(tree.amount, currency)} that {tree.party.name} loses goes back to"
    made = table("what led to it", "by", "amount", "src", title=plain(title), amounts=("amount",))

    def walk(step: Step, depth: int) -> None:
        for one in step.causes:
            why = f" · {one.why_zh} · {one.why}, round {one.failed}" if one.failed and one.many == 1 else ""
            more = " …" if one.many == 1 and (one.open or (depth == DEPTH and one.causes)) else ""
            name = one.party.name if one.many == 1 else f"{one.many:,} more · 另有 {one.many:,} 项"
            source = cited.numbers([fact.fact_id for fact in one.facts])
            row(
                made,
                f"{'  ' * depth}{name}{why}{more}",
                f"{one.how_zh} · {one.how}",
                money(one.amount, currency),
                source,
            )
            if depth < DEPTH:
                walk(one, depth + 1)

    walk(tree, 0)
    if any(one.how == LAYERS_SAID["guarantees"][0] for one in _steps(tree)):
        made.caption = BEFORE
    return made


def _steps(tree: Step) -> Iterator[Step]:
    yield tree
    for one in tree.causes:
        yield from _steps(one)
