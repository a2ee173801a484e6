"""A lender's whole book: its groups, its guarantee circles, and how to undo them."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from api.answers.namesakes import bare_name
from api.answers.wording import NOT_DISCLOSED, apart, disclosed, listed, money, names_of, percent, plural, used
from api.printing.control import FEW, how, refuted, unproved
from api.printing.paper import BOLD, Cited, heading, left, plain, row, table
from api.printing.promises import circles_of
from api.questions.book.findings import called, named, reading
from api.questions.book.groups import BookGroups, ClientGroup, at_least, counted
from api.questions.book.guarantees import BookGuarantees, Guarantor
from api.questions.book.limits import BookLimits
from api.questions.book.unwinding import Plan

OF_LIMIT = "exposure / limit"


def limits(answer: BookLimits, cited: Cited) -> Iterator[Any]:
    """Every rule with its limit, then who breaks it, comes near or is large, groups, and related parties."""
    yield heading(answer.lender)
    heads = ("rule", "limit", "breaks", "near", "large", "untold", "most", "state")
    rules = table(*heads, title="rules in force", amounts=heads[1:7])
    for one in answer.rules:
        limit = "figure missing" if one.limit is None else money(one.limit, answer.currency)
        marked = one.states.get("large", 0) + one.states.get("assess", 0)
        counts = (one.states.get("breach", 0), one.states.get("near", 0), marked, one.states.get("untold", 0))
        most = "" if one.greatest is None else percent(one.greatest)
        by = f"{one.citation}{'' if one.verified else ' (not verified)'}"
        named_ = [one.rule, one.chinese, one.english, by]
        row(rules, named_, limit, *(f"{n:,}" for n in counts), most, one.state)
    if rules.row_count:
        yield rules
    yield from _findings(answer, cited)
    yield from _possible(answer)
    for number, group in enumerate(answer.groups, start=1):
        yield from _group(number, group, answer.currency, cited)
    related = table("related party", "id", "why", "granted", "of capital", amounts=("granted", "of capital"),
                    title=f"related parties of the lender ({answer.related_page.total:,})")  # fmt: skip
    for each in answer.related:
        through = f" through {each.through.name}" if each.through and each.through != answer.lender else ""
        share = "" if each.of_capital is None else percent(each.of_capital)
        row(
            related,
            bare_name(each.party),
            each.party.id,
            each.why + through,
            money(each.exposure, answer.currency),
            share,
        )
    if related.row_count:
        yield related
    yield from left(answer.related_page, "related party", "related parties")


def _findings(answer: BookLimits, cited: Cited) -> Iterator[Any]:
    heads = ("rule", "who", OF_LIMIT, "use", "", "src")
    made = table(*heads, title=f"findings ({answer.page.total:,})", amounts=(OF_LIMIT, "use"))
    for one in answer.findings:
        use = ["" if one.use is None else used(one.use)]
        if one.state in ("large", "assess") and one.of_capital is not None:
            use = [percent(one.of_capital), "of capital"]
        exposure, limit = apart(one.exposure, one.limit, answer.currency)
        limit = "" if one.limit is None else limit
        notes = [*["binding"] * one.binding, *filter(None, [reading(one, answer.currency)])]
        source = cited.numbers(fact.fact_id for fact in (*one.facilities, *one.guarantees))
        row(made, [one.rule, f"{one.chinese} {one.state}"], [named(one), called(one).id], [exposure, limit], use,
            ", ".join(notes), source)  # fmt: skip
    if made.row_count:
        yield made
    yield from left(answer.page, "finding")


def _possible(answer: BookLimits) -> Iterator[Any]:
    """What would break if what cannot be tested held."""
    heads = ("rule", "client", "with", OF_LIMIT, "use")
    made = table(*heads, title=f"if what cannot be tested held ({answer.possible_page.total:,})",
                 amounts=heads[3:])  # fmt: skip
    for one in answer.possible:
        with_ = listed(names_of(one.others), one.others_page.total, most=FEW)
        exposure, limit = apart(one.exposure, one.limit, answer.currency)
        row(made, one.rule, [bare_name(one.client), one.client.id], with_, [exposure, limit], used(one.use))
    if made.row_count:
        yield made
    yield from left(answer.possible_page, "client", by="the gravest are shown")


def groups(answer: BookGroups, cited: Cited) -> Iterator[Any]:
    """How many groups each reading makes, and those of the one asked for."""
    yield heading(answer.lender)
    heads = ("reading", "", "groups", "clients", "in several", "owed")
    made = table(*heads, title="groups of at least two clients", amounts=heads[2:])
    for one in answer.readings:
        owed = money(one.owed, answer.currency)
        row(made, one.reading, f"{one.chinese} · {one.english}", f"{one.groups:,}", f"{one.clients:,}",
            f"{one.shared:,}", owed)  # fmt: skip
    yield made
    for number, group in enumerate(answer.groups, start=answer.page.offset + 1):
        yield from _group(number, group, answer.currency, cited)
    yield from left(answer.page, "group")


def _group(number: int, group: ClientGroup, currency: str | None, cited: Cited) -> Iterator[Any]:
    share = "" if group.share is None else f", {percent(group.share)} of the book"
    sure = "" if group.certain else ", only with what is possible or suspected"
    owed = at_least(money(group.owed, currency), group.unknown_facilities)
    top = plain(group.top.name)
    by = "in one group client (集团客户)" if group.heads else f"by {group.basis}"
    yield Text(f"{number} · {top}: {counted(group)}{group.apart.en} {by} owe {owed}{share}{sure}", style=BOLD)
    made = table("client", "id", "owes", "how it came in", amounts=("owes",))
    for one in group.clients[:FEW]:
        member = one.member
        owes = at_least(money(one.owed, currency), one.unknown_facilities)
        row(made, bare_name(member.party), member.party.id, owes, how(member, cited))
    yield made
    hidden = group.clients_page.total - min(FEW, len(group.clients))
    if hidden:
        yield f"… {plural(hidden, 'more client')}; --json has the first {len(group.clients)}"
    yield from refuted(group.edges, cited)
    yield from unproved(group.edges_left, group.size)


def guarantees(answer: BookGuarantees, cited: Cited) -> Iterator[Any]:
    """Forms, circles, what may be called, the law's tests, and the plan to unwind."""
    yield heading(answer.lender)
    forms = table("form", "", "circles", "parties", "pairs", title="guarantee circles (担保圈) by form",
                  amounts=("circles", "parties", "pairs"))  # fmt: skip
    for form in answer.forms:
        row(forms, form.chinese, form.english, f"{form.circles:,}", f"{form.parties:,}", f"{form.pairs:,}")
    if forms.row_count:
        yield forms
    yield from _circles(answer)
    if answer.census:
        census = table("guarantees", "circles", title="closed circles (循环担保) by length",
                       amounts=("guarantees", "circles"))  # fmt: skip
        for one in answer.census:
            least = "" if one.guarantees <= answer.length else "at least "
            row(census, f"{one.guarantees}", f"{least}{one.circles:,}")
        yield census
        yield circles_of(answer.closed, answer.closed_page, answer.length, cited)
        yield from left(answer.closed_page, "closed circle")
    yield _sums(answer)
    if answer.guarantors:
        yield _guarantors(answer)
        yield from left(answer.guarantors_page, "guarantor")
        yield _tests(answer)
    yield from _plan(answer.plan, answer.currency, cited)


def _circles(answer: BookGuarantees) -> Iterator[Any]:
    heads = ("form", "parties", "pairs", "cores", "guaranteed", "clients", "owed", "among them")
    made = table(*heads, title=f"guarantee circles (担保圈) ({answer.circles_page.total:,})", amounts=heads[1:7])
    for one in answer.circles:
        names = listed(names_of(one.parties), one.page.total, most=FEW)
        amount = disclosed(one.amount, one.undisclosed, answer.currency)
        row(made, f"{one.chinese} · {one.shape}", f"{one.page.total:,}", f"{one.pairs:,}", f"{one.cores:,}", amount,
            f"{one.clients:,}", money(one.owed, answer.currency), names)  # fmt: skip
    if made.row_count:
        yield made
    yield from left(answer.circles_page, "guarantee circle")


def _sums(answer: BookGuarantees) -> Table:
    sums, currency = answer.sums, answer.currency
    made = table("", "amount", title="what the lender may call for", amounts=("amount",))
    row(made, "gross, of each guarantor and borrower the lesser of promise and debt", money(sums.gross, currency))
    row(made, "its debts that are covered, each counted once", money(sums.covered, currency))
    row(made, "expected by PD and LGD", money(sums.expected, currency))
    row(made, "without PD or LGD", money(sums.unrated, currency))
    row(made, "undisclosed, at most", money(sums.undisclosed_most, currency))
    if sums.unbounded:
        row(made, "pairs of which neither promise nor debt is known", f"{sums.unbounded:,}")
    return made


def _guarantors(answer: BookGuarantees) -> Table:
    heads = ("guarantor", "may be called for", "given in all", "net assets", "ratio", "breaks")
    made = table(*heads, title=f"guarantors ({answer.guarantors_page.total:,})", amounts=heads[1:5])
    for one in answer.guarantors:
        row(made, [bare_name(one.party), one.party.id], *_figures(one, answer.currency), _broken(one))
    return made


def _figures(one: Guarantor, currency: str | None) -> tuple[str | list[str], ...]:
    silent = one.undisclosed and not one.counted
    expected = (NOT_DISCLOSED if silent else "not rated") if one.expected is None else money(one.expected, currency)
    assets = "not known" if one.net_assets is None else money(one.net_assets, currency)
    given = disclosed(one.given, one.given_undisclosed, currency)
    ratio = "" if one.ratio is None or given == NOT_DISCLOSED else percent(one.ratio)
    least = "at least" if ratio and one.given_undisclosed else ""
    expected = f"expected {expected}" if one.expected is not None else expected
    customers = f"for {plural(one.customers, 'customer')}"
    return ([*_called(one, currency), expected], [given, customers], assets, [*filter(None, [least, ratio])])


def _called(one: Guarantor, currency: str | None) -> list[str]:
    """What it may be called for; and at most, where something of it is not known."""
    if not one.undisclosed:
        return [money(one.counted, currency)]
    known = money(one.counted, currency) if one.counted else NOT_DISCLOSED
    if one.most is None:
        return [known if known == NOT_DISCLOSED else f"{known} or more"]
    return [known, f"at most {money(one.most, currency)}"]


def _broken(one: Guarantor) -> list[str]:
    return [test.chinese for test in one.tests if test.verdict == "broken"]


def _tests(answer: BookGuarantees) -> Table:
    made = table("test", "broken", "cannot be tested", "by", title="tests of the law, over all of them",
                 amounts=("broken", "cannot be tested"))  # fmt: skip
    for test in answer.tests:
        by = f"{test.citation}{'' if test.verified else ' (not verified)'}, for a {test.scope}"
        row(made, f"{test.chinese} · {test.english}", f"{test.broken:,}", f"{test.untested:,}", by)
    return made


def _plan(plan: Plan, currency: str | None, cited: Cited) -> Iterator[Any]:
    if not plan.steps:
        return
    left_over = "circles left" if plan.goal == "circles" else "parties left"
    sure = "proven least" if plan.proven else f"gap {percent(plan.gap)}"
    cost = money(plan.cost, currency)
    yield Text(f"unwinding: {plural(plan.page.total, 'pair')} for {cost}, {sure}; in this order", style=BOLD)
    made = table("", "guarantor", "borrower", "guaranteed", left_over, "src", amounts=("guaranteed", left_over))
    for number, step in enumerate(plan.steps, start=1):
        source = cited.numbers(fact.fact_id for fact in step.guarantees)
        row(made, f"{number}", step.guarantor.name, step.borrower.name, money(step.cost, currency),
            f"{step.remaining:,}", source)  # fmt: skip
    yield made
    yield from left(plan.page, "step")
