"""The firms whose failure would cost a lender most."""

from collections.abc import Iterator
from typing import Any

from api.answers.wording import money, percent, plural
from api.printing.paper import Cited, heading, left, row, table
from api.questions.book.systemic import BookSystemic, Systemic


def systemic(answer: BookSystemic, cited: Cited) -> Iterator[Any]:
    """Who they are and what each costs, by whom, and who was screened only."""
    yield heading(answer.lender, before="systemic to ")
    heads = ("owes it", "lost on that", "on others", "in all", "ESRI")
    by = ", beyond what each owes it itself" if answer.order == "beyond" else ""
    title = f"whose failure costs it most{by} · 系统重要性企业 ({answer.page.total:,} of {answer.screened:,} screened)"
    made = table("", "firm", *heads, "fails with it", "src", title=title, amounts=("", *heads))
    for one in answer.systemic:
        amounts = (money(x, answer.currency) for x in (one.exposure, one.own_loss, one.beyond, one.loss))
        esri = "" if one.esri is None else percent(one.esri)
        facts = [*one.facts, *(fact for carried in one.carried for fact in carried.facts)]
        source = cited.numbers(fact.fact_id for fact in facts)
        row(made, f"{one.rank}", one.party.name, *amounts, esri, list(_with_it(one, answer.currency)), source)
    yield made
    yield from left(answer.page, "firm")
    if answer.unsent:
        rest = table("firm", "estimate", title="screened only · 仅经初筛", amounts=("estimate",))
        for few in answer.unsent:
            row(rest, few.party.name, money(few.estimate, answer.currency))
        yield rest
        yield from left(answer.unsent_page, "firm", by="--top")


def _with_it(one: Systemic, currency: str | None) -> Iterator[str]:
    """Who fails with a firm, the lender itself first, then those that owe it, one a line."""
    if one.lender_fails:
        yield f"贷款人自身违约 · the lender itself: {one.lender_fails_zh} · {one.lender_fails}"
    for each in one.carried:
        yield f"{each.party.name}: {money(each.loss, currency)}, round {each.round}, {each.why_zh} · {each.why}"
    more = one.failed - len(one.carried)
    if more:
        yield f"and {more:,} more" if one.carried else f"{plural(more, 'party', 'parties')}"
