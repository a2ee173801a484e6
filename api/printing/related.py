"""A lender's related parties: how each came in, what is granted, and the limits on them."""

from collections.abc import Iterator
from typing import Any

from api.answers.namesakes import bare_name
from api.answers.wording import listed, money, names_of, percent, plural
from api.printing.control import refuted
from api.printing.control import step as fallen
from api.printing.paper import Cited, heading, left, row, table
from api.questions.book.related import NO_GROUP, BookRelated, no_group, resting
from api.questions.limits.steps import Step


def related(answer: BookRelated, cited: Cited) -> Iterator[Any]:
    """The limits, the related parties, their groups, and who would leave."""
    yield heading(answer.lender)
    heads = ("rule", "", "limit", "most granted", "use", "by")
    limits = table(*heads, title="limits on related parties", amounts=heads[2:5])
    for one in answer.limits:
        by = f"{one.rule.citation}{'' if one.rule.verified else ' (not verified)'}"
        most, use = _money(one.most_wide, answer), "" if one.use is None else percent(one.use)
        if no_group(one):
            most, use = " · ".join(NO_GROUP), ""
        row(limits, one.rule.id, f"{one.rule.name_zh} · {one.rule.name}", _money(one.limit.amount, answer),
            most, use, by)  # fmt: skip
    if limits.row_count:
        yield limits
    made = table("party", "kind", "id", "how it came in", "granted", "of capital", amounts=("granted", "of capital"),
                 title=f"related parties ({answer.page.total:,})")  # fmt: skip
    for each in answer.related:
        unsure = [] if each.certain else ["only possible:"]
        how = [*unsure, *(line for step in each.steps for line in _how(step, cited))]
        share = "" if each.of_capital is None else percent(each.of_capital)
        row(made, bare_name(each.party), each.party.kind, each.party.id, how, _money(each.exposure, answer), share)
    if made.row_count:
        yield made
    yield from left(answer.page, "related party", "related parties")
    groups = table("group", "granted", "of capital", amounts=("granted", "of capital"),
                   title=f"counted together ({answer.groups_page.total:,})")  # fmt: skip
    for group in answer.groups:
        names = listed(names_of(group.members), group.page.total, by="\n")
        share = "" if group.of_capital is None else percent(group.of_capital)
        row(groups, names, _money(group.exposure, answer), share)
    if groups.row_count:
        yield groups
    told = {edge.facts[0].fact_id: edge for each in answer.related for edge in each.edges}
    yield from refuted(told.values(), cited)
    beyond = {fact for each in answer.related if each.edges_left for fact in resting(each.steps[-1])}
    if beyond:
        yield f"… and {plural(len(beyond), 'more tie')}, of which it is not worked out who would leave"


def _money(amount: float | None, answer: BookRelated) -> str:
    return "not known" if amount is None else money(amount, answer.currency)


def _how(step: Step, cited: Cited) -> list[str]:
    sources = cited.numbers(fact.fact_id for fact in step.facts)
    through = f" ({step.through.name})" if step.through else ""
    return [f"{step.how_zh} · {step.how}{through} {sources}".rstrip(), *(fallen(fall, cited) for fall in step.proof)]
