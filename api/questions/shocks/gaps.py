"""What an answer to a shock does not know, and could make it more or less."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from api.answers.wording import plural
from api.questions.shocks.sent import Sent


@dataclass(frozen=True)
class Gap:
    """Something that is not known, in both languages."""

    said: str
    said_zh: str


def gaps_of(sent: Sent) -> Iterator[Gap]:
    """What is not known, each with how many it touches."""
    setting, whole = sent.setting, sent.whole
    for one in sent.absent:
        marks = ", ".join(filter(None, (one.industry, one.region, one.product, *one.parties)))
        yield Gap(
            f"nobody here is of {marks}, whose output the scenario has fall: left out",
            f"情景所指产出下降的{marks}在此无主体：未计入",
        )
    touched = (whole.lost > 0) & ~whole.failed
    if dark := int((touched & setting.known.unknown).sum()):
        who = plural(dark, "party loses", "parties lose")
        yield Gap(
            f"{who} of whom neither equity nor liquidity is known: nothing brings them down",
            f"{dark:,} 个受损主体的净资产和流动性均未知：任何损失都不会使其违约",
        )
    if spent := int((touched & setting.known.excluded).sum()):
        who = plural(spent, "party", "parties")
        yield Gap(
            f"{who} had no equity left before the shock: losses do not fail them",
            f"{spent:,} 个主体在冲击前已无净资产：损失不使其违约",
        )
    if dim := int(((sent.output_lost > 1e-9) & np.isnan(setting.known.firms.margin)).sum()):
        who = plural(dim, "party", "parties")
        yield Gap(
            f"of {who} whose output falls revenue or cost is not known: no income is lost by them",
            f"{dim:,} 个产出下降主体的收入或成本未知：不计其收入损失",
        )
    yield from _left_out(sent, int((touched & setting.known.estimated).sum()))


def untold_of(sent: Sent) -> int:
    """How many lose of whom it is not known whether they fail."""
    known, whole = sent.setting.known, sent.whole
    unpriced = (sent.output_lost > 1e-9) & np.isnan(known.firms.margin)
    return int(((((whole.lost > 0) & known.unknown) | unpriced) & ~whole.failed).sum())


def _left_out(sent: Sent, made_up: int) -> Iterator[Gap]:
    setting = sent.setting
    if hidden := setting.debts.unknown:
        yield Gap(f"{plural(hidden, 'debt')} of unknown amount left out", f"{hidden:,} 笔金额未知的债务未计入")
    if poor := int(sent.whole.failed[setting.promised.unable].sum()):
        yield Gap(
            f"{plural(poor, 'guarantee')} for those who fail, of givers whose equity is not known: nothing is "
            "expected of them, and calls bring nobody down",
            f"违约主体的 {poor:,} 笔担保，其担保人净资产未知：不预期其代偿，代偿要求也不使其违约",
        )
    if made_up:
        yield Gap(
            f"figures of {plural(made_up, 'party', 'parties')} who lose are medians of their industry",
            f"{made_up:,} 个受损主体的数据为其行业中位数",
        )
    if strange := int(sent.whole.failed[setting.layers.unmatched].sum()):
        who = plural(strange, "firm that fails", "firms that fail")
        yield Gap(
            f"{who} with more known debts than liabilities stated: the debts count",
            f"{strange:,} 个违约企业的已知债务多于其所报负债：以已知债务为准",
        )
