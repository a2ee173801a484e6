"""How likely parties are to default: one with its reasons, and a lender's whole book."""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from api.answers.namesakes import bare_name
from api.answers.wording import disclosed, money, percent
from api.printing.paper import BOLD, DIM, Cited, heading, left, row, table
from api.questions.book.risk import BookRisk
from api.questions.risk.risk import RiskOf


def risk(answer: RiskOf, cited: Cited) -> Iterator[Any]:
    """The probability and what it is beside, then why, then what is missing."""
    yield heading(answer.party)
    if answer.pd is None:
        yield Text(f"no probability: {answer.state_name.en} · {answer.state_name.zh}", style=BOLD)
        return
    between = "" if answer.low is None or answer.high is None else f"  ({percent(answer.low)} – {percent(answer.high)})"
    grades = f"{answer.grade_low}–{answer.grade_high}" if answer.grade_low != answer.grade_high else ""
    yield Text(f"PD 违约概率 {percent(answer.pd)}{between}", style=BOLD)
    made = table("", "", "note")
    row(made, "grade 等级", answer.grade, f"{answer.scale}{', by the interval ' + grades if grades else ''}")
    if answer.verdict_name is not None:
        row(made, "can it be told 能否判断", answer.verdict_name.en, answer.verdict_name.zh)
    if answer.first_stage is not None:
        row(made, "first stage 首阶段", percent(answer.first_stage), "own figures and events alone · 仅自身数据")
    if answer.contagion is not None:
        of = answer.contagion.of
        added = f"{'+' if answer.contagion.added >= 0 else '−'}{percent(abs(answer.contagion.added))}"
        row(made, "contagion 传染", added, f"without {of.en} {percent(answer.contagion.without)} · 剔除{of.zh}后")
    if answer.peers is not None:
        kin = " · ".join(word for word in (answer.peers.industry, answer.peers.size) if word) or "all scored"
        row(made, "peers 同业", f"above {percent(answer.peers.below)}",
            f"of {answer.peers.count:,} firms ({kin}), their middle {percent(answer.peers.median)}")  # fmt: skip
    by = answer.model
    row(made, "model 模型", by.run, f"{by.model}, {'served' if by.champion else 'not the one served'}, {by.definition}")
    yield made
    yield from _whys(answer, cited)
    gaps = table("not known 数据缺口", "remedy", title="what is missing")
    for one in answer.missing:
        row(gaps, [one.what.en, one.what.zh], [one.remedy.en, one.remedy.zh])
    if gaps.row_count:
        yield gaps


def _whys(answer: RiskOf, cited: Cited) -> Iterator[Any]:
    made = table("#", "what", "value", "raises PD by", "link", "src", title="what moves it most 主要原因",
                 amounts=("raises PD by",))  # fmt: skip
    for one in answer.whys:
        sign = "+" if one.effect >= 0 else "−"
        facts = one.path or one.facts
        links = [f"{fact.tail.name} → {fact.head.name}: {fact.text}" for fact in facts]
        row(made, str(one.rank), [one.name.en, one.name.zh], [one.text, one.unit] if one.unit else one.text,
            f"{sign}{percent(abs(one.effect), 3)}", links, cited.numbers(fact.fact_id for fact in facts))  # fmt: skip
    if made.row_count:
        yield made


def book(answer: BookRisk, cited: Cited) -> Iterator[Any]:
    """Sums, grades, then borrowers by probability."""
    yield heading(answer.lender)
    mean = "" if answer.mean_pd is None else f" · mean PD by exposure {percent(answer.mean_pd)}"
    yield Text(f"{answer.scored:,} of {answer.borrowers:,} borrowers scored by {answer.model.run}{mean}", style=DIM)
    yield Text(f"expected loss 预期损失 {money(answer.expected_loss, answer.currency)} on exposure "
               f"{money(answer.exposure, answer.currency)}", style=BOLD)  # fmt: skip
    grades = table("grade 等级", "borrowers", "exposure", "expected loss", title=f"by grade ({answer.scale})",
                   amounts=("borrowers", "exposure", "expected loss"))  # fmt: skip
    for one in answer.grades:
        row(grades, one.grade or "not scored 未评分", f"{one.borrowers:,}", money(one.exposure, answer.currency),
            money(one.expected_loss, answer.currency))  # fmt: skip
    if grades.row_count:
        yield grades
    heads = ("#", "borrower", "id", "PD", "interval", "grade", "exposure", "expected loss", "")
    made = table(*heads, title=f"borrowers ({answer.page.total:,})", amounts=("PD", "exposure", "expected loss"))
    for each in answer.riskiest:
        between = "" if each.low is None or each.high is None else f"{percent(each.low)} – {percent(each.high)}"
        note = each.verdict if each.verdict == "cannot tell" else "" if each.state == "scored" else each.state
        row(made, str(each.rank), bare_name(each.party), each.party.id,
            "" if each.pd is None else percent(each.pd), between,
            each.grade or "", disclosed(each.exposure, each.undisclosed, answer.currency),
            "" if each.expected_loss is None else money(each.expected_loss, answer.currency), note)  # fmt: skip
    if made.row_count:
        yield made
    yield from left(answer.page, "borrower")
