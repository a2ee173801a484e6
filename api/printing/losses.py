"""What a lender's book may lose in a year."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from api.answers.wording import money, percent
from api.printing.paper import BOLD, Cited, heading, left, plain, row, table
from api.questions.book.closed import Tail
from api.questions.book.losses import BookLosses, Losses, Told
from api.questions.book.reverse import BookReverse


def losses(answer: BookLosses, cited: Cited) -> Iterator[Any]:
    """The distribution, closed forms beside it, who adds to it, and how unevenly the book is spread."""
    yield heading(answer.lender, before="losses of a year of ")
    if answer.name:
        yield Text.assemble((plain(answer.name), BOLD))
    yield _distribution(answer)
    yield from _closed(answer)
    yield _contributions(answer, cited)
    yield from left(answer.contributions_page, "borrower")
    if answer.groups:
        heads = ("owes it", "adds", "without contagion")
        made = table("group", "clients", *heads, title="groups · 客户集团", amounts=("clients", *heads))
        for one in answer.groups:
            amounts = (money(x, answer.currency) for x in (one.owed, one.shortfall, one.without))
            row(made, one.top.name, f"{one.clients:,}", *amounts)
        yield made
    yield _concentration(answer)
    yield _chances(answer)


def reverse(answer: BookReverse, cited: Cited) -> Iterator[Any]:
    """Which failures cost as much, and who fails with them."""
    yield heading(answer.lender, before="failures that would cost ")
    heads = ("owes it", "alone costs", *(() if answer.probability is None else ("PD",)))
    title = (
        f"合计损失 · together {money(answer.cost, answer.currency)}, {answer.order}, "
        f"{'exact · 精确' if answer.exact else 'greedy · 贪心'}"
    )
    made = table("who fails · 违约者", *heads, "src", title=title, amounts=heads)
    for one in answer.failures:
        chance = () if answer.probability is None else ("" if one.pd is None else percent(one.pd),)
        amounts = (money(x, answer.currency) for x in (one.owed, one.alone))
        row(made, one.party.name, *amounts, *chance, cited.numbers(one.facts))
    yield made
    if answer.carried:
        rest = table("fails with them · 随之违约", "lost on it", "round", "why", amounts=("lost on it", "round"))
        for each in answer.carried:
            row(rest, each.party.name, money(each.loss, answer.currency), f"{each.round}",
                f"{each.why_zh} · {each.why}")  # fmt: skip
        yield rest
        yield from left(answer.carried_page, "debtor", by="--limit")


def _distribution(answer: BookLosses) -> Table:
    heads = ("with contagion", "± error", "without", "± error")
    title = (
        f"losses of {answer.sampling.years:,} years drawn · 模拟年度损失 (LGD {percent(answer.lgd)}, correlation "
        f"{answer.sampling.correlation})"
    )
    made = table("", *heads, title=title, amounts=heads)
    for name, one, other in _lines(answer.losses, answer.without):
        row(made, name, *_told(one, answer.currency), *_told(other, answer.currency))
    row(made, "worst year drawn · 最差年度", money(answer.losses.most, answer.currency), "",
        money(answer.without.most, answer.currency), "")  # fmt: skip
    failing = (f"{each.defaults:,.2f}" for each in (answer.losses, answer.without))
    row(made, "fail in a year · 年均违约数", next(failing), "", next(failing), "")
    return made


def _lines(one: Losses, other: Losses) -> Iterator[tuple[str, Told, Told]]:
    yield "expected loss · 预期损失", one.expected, other.expected
    yield "standard deviation · 标准差", one.deviation, other.deviation
    for mine, theirs in zip(one.levels, other.levels, strict=True):
        yield f"VaR {percent(mine.level)} · 在险价值", mine.value_at_risk, theirs.value_at_risk
        yield f"ES {percent(mine.level)} · 预期尾部损失", mine.expected_shortfall, theirs.expected_shortfall


def _told(one: Told, currency: str | None) -> tuple[str, str]:
    return money(one.value, currency), "" if one.error is None else money(one.error, None)


def _closed(answer: BookLosses) -> Iterator[Table]:
    levels = [one.level for one in answer.losses.levels]
    heads = ("expected", *(f"{name} {percent(level)}" for level in levels for name in ("VaR", "ES")))
    made = table("", *heads, title="closed forms beside it · 闭式解", amounts=heads)
    granted = table("", "takes for granted · 前提")
    for one in answer.closed:
        by = {tail.level: tail for tail in one.tails}
        cells = [cell for level in levels for cell in _tail(by.get(level), answer.currency)]
        row(made, one.name, money(one.expected, answer.currency), *cells)
        row(granted, one.name, [one.assumes_zh, one.assumes])
    if (capital := answer.capital) is not None:
        row(made, "IRB 内部评级法", money(capital.expected, answer.currency))
        said = f"capital · 资本 {money(capital.capital, answer.currency)}"
        weighted = f"RWA · 风险加权资产 {money(capital.weighted, answer.currency)} ({percent(capital.density)})"
        row(granted, "IRB 内部评级法", [f"{said}, {weighted}", capital.assumes_zh, capital.assumes])
    yield made
    yield granted


def _tail(tail: Tail | None, currency: str | None) -> tuple[str, str]:
    values = (None, None) if tail is None else (tail.value_at_risk, tail.expected_shortfall)
    one, other = ("" if value is None else money(value, currency) for value in values)
    return one, other


def _contributions(answer: BookLosses, cited: Cited) -> Table:
    heads = ("owes it", "PD", "PD × loss", "adds", "without contagion")
    title = f"who adds to ES {percent(answer.level)} · 尾部损失贡献"
    made = table("", "borrower", *heads, "PD by", "src", title=title, amounts=heads)
    for one in answer.contributions:
        amounts = (money(x, answer.currency) for x in (one.expected, one.shortfall, one.without))
        row(
            made, f"{one.rank}", one.party.name, money(one.owed, answer.currency),
            "–" if one.pd is None else percent(one.pd), *amounts, f"{one.pd_source_zh} · {one.pd_source}",
            cited.numbers(one.facts),
        )  # fmt: skip
    return made


def _concentration(answer: BookLosses) -> Table:
    counts = sorted({top.count for one in answer.concentration for top in one.tops})
    heads = ("HHI", "like equal", *(f"top {count}" for count in counts))
    made = table("by", *heads, "largest · 最大", title="concentration · 集中度", amounts=heads)
    for one in answer.concentration:
        shares = {top.count: percent(top.share) for top in one.tops}
        largest = [f"{each.name} {percent(each.share)}" for each in one.largest[:3]]
        if one.unknown:
            largest.append(f"not known · 未知 {percent(one.unknown)}")
        row(made, f"{one.by_zh} · {one.by} ({one.count:,})", f"{one.index:.4f}", f"{one.effective:,.1f}",
            *(shares.get(count, "") for count in counts), largest)  # fmt: skip
    return made


def _chances(answer: BookLosses) -> Table:
    heads = ("borrowers", "owe it", "PD from", "mean", "to")
    made = table("PD by", *heads, title="where PDs come from · 违约概率来源", amounts=heads)
    for one in answer.chances:
        row(made, f"{one.source_zh} · {one.source}", f"{one.borrowers:,}", money(one.owed, answer.currency),
            percent(one.lowest), percent(one.mean), percent(one.highest))  # fmt: skip
    return made
