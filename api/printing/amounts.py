"""Exposure and supply tiers: answers that are mostly amounts."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from api.answers.frame import Page
from api.answers.wording import both, disclosed, money, percent, plural
from api.printing.limits import limits
from api.printing.paper import Cited, heading, left, row, table
from api.questions.limits.exposure import ExposureTo, Part, Stake
from api.questions.limits.stress import Stressed
from api.questions.links.sources import RelianceOf, Replaceable, Sources
from api.questions.links.tiers import TiersOf


def exposure(answer: ExposureTo, cited: Cited) -> Iterator[Any]:
    """What a lender has at stake, by name and by group side by side, then what it is made of."""
    yield heading(answer.party)
    who = answer.lender.name if answer.lender else "all lenders together"
    names = [
        "alone",
        *(f"group of {group.top.name} ({plural(group.members_page.total, 'member')})" for group in answer.groups),
    ]
    stakes = [answer.alone, *(group.stake for group in answer.groups)]
    yield _sums(f"at stake for {who}", names, stakes, answer.currency)
    for name, stake in zip(names, stakes, strict=True):
        yield from _parts(stake.facilities, stake.facilities_page, f"facilities · {name}", answer.currency, cited)
        yield from _parts(stake.guarantees, stake.guarantees_page, f"guarantees given · {name}", answer.currency, cited)
    if answer.stressed is not None:
        yield _stressed(answer.stressed, names, answer.currency)
    yield from limits(answer.against.lines, answer.against.groups, answer.currency, cited)


def _stressed(answer: Stressed, names: Sequence[str], currency: str | None) -> Table:
    """What a scenario would take of each stake, and what each layer alone would."""
    under = f"under {both(answer.called, answer.called_zh) or 'the scenario'} · 情景损失"
    title = "if it fails · 若其违约" if answer.scenario == "self" else under
    made, stakes = table("", *names, title=title, amounts=names), (answer.alone, *answer.groups)
    for said, amounts in {
        "owed at default · 违约风险暴露": [stake.owed for stake in stakes],
        "by those who fail · 违约方所欠": [stake.at_default for stake in stakes],
        "× LGD": [stake.static for stake in stakes],
        "lost · 损失": [stake.loss for stake in stakes],
        "without any layer · 无传染": [stake.without for stake in stakes],
    }.items():
        row(made, said, *(money(amount, currency) for amount in amounts))
    for k, layer in enumerate(answer.alone.layers):
        added = [stake.layers[k].added for stake in stakes]
        if any(added):
            row(made, f"  {layer.name_zh} · {layer.name} alone adds", *(money(amount, currency) for amount in added))
    row(made, "who fails · 违约数", *(f"{stake.failed:,} / {stake.members:,}" for stake in stakes))
    row(made, "lost elsewhere · 其他客户损失", money(answer.elsewhere, currency))
    row(made, "lost in all · 损失合计", money(answer.loss, currency))
    return made


def _sums(title: str, names: Sequence[str], stakes: Sequence[Stake], currency: str | None) -> Table:
    made = table("", *names, title=title, amounts=names)

    def line(said: str, amounts: Sequence[float], hidden: Sequence[int] = ()) -> None:
        unknown = hidden or [0] * len(amounts)
        if any(amounts) or any(unknown) or said == "directly":
            pairs = zip(amounts, unknown, strict=True)
            row(made, said, *(disclosed(amount, many, currency) for amount, many in pairs))

    drawn = [stake.unknown_facilities + stake.unknown_drawn for stake in stakes]
    line("directly", [stake.direct for stake in stakes], drawn)
    line("  drawn", [stake.drawn for stake in stakes], drawn)
    line("  undrawn, converted", [stake.undrawn for stake in stakes])
    for kind in dict.fromkeys(kind for stake in stakes for kind in (*stake.by_kind, *stake.unknown_by_kind)):
        hidden = [stake.unknown_by_kind.get(kind, 0) for stake in stakes]
        line(f"  as {kind}", [stake.by_kind.get(kind, 0.0) for stake in stakes], hidden)
    unknown = [stake.unknown_guarantees + stake.unknown_debts for stake in stakes]
    line("by guarantees given", [stake.contingent for stake in stakes], unknown)
    line("undisclosed guarantees, at most", [stake.unknown_guarantees_most for stake in stakes])
    counts = {
        "facilities of unknown amount": [stake.unknown_facilities for stake in stakes],
        "facilities drawn to an unknown amount": [stake.unknown_drawn for stake in stakes],
        "guarantees for debts of unknown amount": [stake.unknown_debts for stake in stakes],
        "undrawn amounts counted whole": [stake.unconverted for stake in stakes],
        "guarantees past their day, not counted": [stake.expired_guarantees for stake in stakes],
    }
    for said, numbers in counts.items():
        if any(numbers):
            row(made, said, *(f"{number:,}" for number in numbers))
    return made


def _parts(parts: Sequence[Part], page: Page, title: str, currency: str | None, cited: Cited) -> Iterator[Any]:
    made = table(
        "from", "to", "what", "counted", "holds", "src", title=f"{title} ({page.total:,})", amounts=("counted",)
    )
    for part in parts:
        fact = part.fact
        counted = "unknown" if part.amount is None else money(part.amount, currency)
        source = cited.numbers([fact.fact_id])
        row(made, fact.tail.name, fact.head.name, fact.text, counted, cited.holds(fact.fact_id), source)
    if made.row_count:
        yield made
    yield from left(page, "of these", "of these", by="--limit")


def tiers(answer: TiersOf, cited: Cited) -> Iterator[Any]:
    """Supplies, tier by tier."""
    yield heading(answer.party, before=f"{answer.direction} of ")
    up = answer.direction == "upstream"
    of = "of known purchases · 占已知采购" if up else "of known sales · 占已知销售"
    of_whole = "of its costs · 占成本费用" if up else "of its income · 占收入"
    for tier in answer.tiers:
        title = f"tier {tier.depth}: {plural(tier.page.total, 'supply', 'supplies')}"
        wholes = (of_whole,) if any(supply.of_whole is not None for supply in tier.supplies) else ()
        heads = ("supplier", "buyer", "product", "amount", of, *wholes, "", "src")
        made = table(*heads, title=title, amounts=("amount", of, *wholes))
        for supply in tier.supplies:
            said = supply.fact.values
            parts = [supply.share, *([supply.of_whole] if wholes else [])]
            row(
                made, supply.fact.tail.name, supply.fact.head.name, said.get("product"),
                money(said.get("amount"), said.get("currency")), *("" if x is None else percent(x) for x in parts),
                "only known source" if supply.single else "",
                cited.numbers([supply.fact.fact_id]),
            )  # fmt: skip
        yield made
        yield from left(tier.page, "supply in this tier", "supplies in this tier")
        if tier.sources is not None:
            yield _sources(tier.depth, tier.sources, answer.currency)
    if answer.alternatives:
        yield _alternatives(answer.alternatives, answer.currency)
    if answer.reliance is not None:
        yield _reliance(answer.reliance, answer.currency)
        yield from left(answer.reliance.page, "buyer")


def _reliance(found: RelianceOf, currency: str | None) -> Table:
    heads = ("sales", f"of {found.of}")
    made = table("buyer", *heads, title="on whom its sales rest · 销售依赖", amounts=heads)
    for buyer in found.buyers:
        row(made, buyer.party.name, money(buyer.amount, currency), percent(buyer.share))
    return made


def _sources(depth: int, sources: Sources, currency: str | None) -> Table:
    index = "" if sources.index is None else f", HHI {sources.index:.3f}"
    heads = ("bought", "of the tier", "of all it buys", "buyers")
    title = f"sources of tier {depth} · 供应来源 ({sources.page.total:,}{index})"
    made = table("supplier", *heads, "", title=title, amounts=heads)
    for one in sources.suppliers:
        marks = [f"only source of {one.only:,}"] * bool(one.only) + ["common source"] * one.common
        parts = (percent(one.share), percent(one.carried), f"{one.buyers:,}")
        row(made, one.party.name, money(one.amount, currency), *parts, ", ".join(marks))
    return made


def _alternatives(found: Sequence[Replaceable], currency: str | None) -> Table:
    made = table("supplier", "by", "who else sells it", title="alternatives, the nearest first · 替代供应商")
    for one in found:
        told = [
            f"{each.party.name}, {'no way known' if each.steps is None else plural(each.steps, 'step')}, "
            f"sells {money(each.sales, currency)}"
            for each in one.nearest
        ]
        row(made, one.supplier.name, one.by, told or "nobody known · 未知")
    return made
