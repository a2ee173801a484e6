"""What is not known of a book's losses, and could make them more or less."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from api.answers.wording import listed, percent, plural
from api.engine import View
from api.groups.overfull import overfull_of_book
from api.questions.book.assumed import Assumed
from api.questions.book.closed import ALIKE, Rated
from api.questions.book.drawn import lasting
from api.questions.book.staked import Staked
from api.questions.shocks.gaps import Gap, overfull_of

NAMED: Final = 5
"""Grades and industries of nobody that are named."""


def gaps_of(view: View, book: Staked, assumed: Assumed) -> Iterator[Gap]:
    """What is not known, each with how many it touches."""
    borrowers, owed = book.borrowers, float(book.owed.sum())
    dark = borrowers[np.isnan(book.odds.pd[borrowers])]
    if len(dark):
        part, many = percent(float(book.owed[dark].sum()) / owed), plural(len(dark), "borrower")
        yield Gap(
            f"of {many} who owe {part} of the book no PD is given: they never default by themselves",
            f"{len(dark):,} 个借款人（占{part}）的违约概率未给定：不会自行违约",
        )
    if book.setting.debts.unknown:
        count = book.setting.debts.unknown
        yield Gap(f"{plural(count, 'debt')} of unknown amount left out", f"{count:,} 笔金额未知的债务未计入")
    yield from _unused(book, assumed)
    yield from _around(book)
    if over := overfull_of_book(view, borrowers.astype(np.uint32)):
        many, names = plural(len(over), "company", "companies"), view.snapshot.names(np.array(over[:NAMED]))
        yield Gap(
            f"groups of borrowers rest on votes of which more than all is stated: of {many}, "
            f"{listed(names, len(over))}",
            f"借款人分组所依据的表决权合计超过100%：{listed(names, len(over), chinese=True)}",
        )
    if "shares" in assumed.layers:
        some = np.zeros(view.snapshot.size, np.bool_)
        some[book.nodes] = True
        yield from overfull_of(view, some)
    if assumed.sent:
        yield Gap(
            "each year is sent through its layers as a shock: guarantors pay as far as their means go, failed ones "
            "too, and what others' failures take from a firm its creditors lose; without contagion only who defaults "
            "by itself fails, and guarantors pay out of what they had before the year",
            "每一年度按冲击情景经所选渠道传导：担保人（含违约者）以其财力为限代偿，他人违约所致资产减少由债权人承担；"
            "不计传染时仅自行违约者违约，担保人以年初财力代偿",
        )
    else:
        long, long_zh = lasting(assumed.draws, book.setting.known.firms.size, production=True)
        yield Gap(
            "output that stops and shares that lose their worth spread nothing here, what failures of others take from "
            "the assets of a firm costs its creditors no more, and a guarantor that fails pays nothing, whatever it "
            'has: layers = ["production", "guarantees", "debts", "shares"] has all of these, and takes '
            f"{long} for all {book.setting.known.firms.size:,} parties",
            "此处不计停产及股权减值的传导，不计他人违约所致资产减少对其债权人的影响，违约担保人无论财力均不代偿："
            '可用 layers = ["production", "guarantees", "debts", "shares"] 计入，'
            f"全部{book.setting.known.firms.size:,}个主体需{long_zh}",
        )
    if "guarantees" not in assumed.layers:
        yield Gap("guarantors neither pay nor are brought down", "未计担保人代偿及其连带违约")
    if "debts" not in assumed.layers:
        yield Gap("claims on those who default bring nobody down", "对违约方的债权损失不使他人违约")


def _unused(book: Staked, assumed: Assumed) -> Iterator[Gap]:
    """What is assumed and does not count, or not in full."""
    if book.odds.absent:
        names = listed(book.odds.absent, len(book.odds.absent), most=NAMED)
        yield Gap(f"nobody is of {names}, of which a PD is given", f"给定违约概率的{names}无对应主体")
    if assumed.factors is not None and assumed.correlation != Assumed().correlation:
        yield Gap("correlation does not count: factors take its place", "已给定因子，相关系数不起作用")
    if assumed.infection is not None and (many := len(Rated.of(book).pd)) > ALIKE:
        yield Gap(
            f"Davis–Lo is left out: {many:,} borrowers have a PD, more than {ALIKE:,}",
            f"有违约概率的借款人达{many:,}户，超过{ALIKE:,}户，未计Davis–Lo",
        )
    if "guarantees" in assumed.layers and not assumed.sent and (many := book.shared_guarantees):
        yield Gap(
            f"behind {plural(many, 'loan')} stand several guarantors, each called for what it is if all of them stand: "
            "where one fails the others are asked for no more, so that more is lost than in a shock",
            f"{many:,} 笔贷款有多个保证人，代偿额按全体保证人均不违约时核定：其一违约时不向其余追加，损失高于冲击情景",
        )


def _around(book: Staked) -> Iterator[Gap]:
    """Who may lose by others' failures, and of whom it is not known whether that fails them."""
    ties, nodes, known = book.portfolio.ties, book.nodes, book.setting.known
    losing = nodes[np.unique(ties.head)] if book.portfolio.sent is None else nodes
    if dim := int(known.unknown[losing].sum()):
        yield Gap(
            f"of {plural(dim, 'party', 'parties')} who may lose by others neither equity nor liquidity is known: "
            "nothing brings them down, and guarantors among them pay nothing",
            f"{dim:,} 个可能受牵连主体的净资产和流动性均未知：不会被牵连违约，其中的担保人不代偿",
        )
    if spent := int(known.excluded[losing].sum()):
        yield Gap(
            f"{plural(spent, 'party', 'parties')} who may lose by others had no equity left before: losses do not fail "
            "them, and guarantors among them pay nothing",
            f"{spent:,} 个可能受牵连主体已无净资产：损失不使其违约，其中的担保人不代偿",
        )
    poor = np.isin(book.setting.promised.unable, nodes)
    if count := int(poor.sum()):
        yield Gap(
            f"{plural(count, 'guarantee')} of givers whose equity is not known: nothing is expected of them",
            f"{count:,} 笔担保的担保人净资产未知：不预期其代偿",
        )
