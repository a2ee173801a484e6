"""What is offered with a facility and takes nothing off any limit: told, so that nobody takes it for protection."""

from collections.abc import Iterator

from analytics.limits.facility import Facility
from analytics.limits.numerators import NUMERATORS
from analytics.limits.standing import Standing
from api.answers.chinese import said_zh
from api.answers.wording import money
from api.engine import View


def uncounted_said(view: View, base: Standing, facility: Facility) -> Iterator[str]:
    """Guarantees of who is no protection provider, and collateral that no rule in force nets, in both languages."""
    currency = view.snapshot.moment.currency
    counted = [NUMERATORS[rule.numerator] for rule in base.rules]
    for giver in facility.guarantors:
        if giver.amount > 0 and not giver.eligible and any(numerator.moved for numerator in counted):
            name, amount = view.snapshot.called(giver.party), money(giver.amount, currency)
            yield (
                f"The guarantee of {name} over {amount} moves nothing: no rule in force takes it for a protection "
                f"provider · {name}的{amount}保证不构成合格缓释，授信仍计入申请人。"
            )
    for pledge in facility.collateral:
        if pledge.value > 0 and counted and not any(pledge.kind in numerator.netted for numerator in counted):
            amount = money(pledge.value, currency)
            yield (
                f"The {pledge.kind} over {amount} takes nothing off: no rule in force nets it · "
                f"{amount}的{said_zh(pledge.kind)}不属于可抵减的合格缓释。"
            )
