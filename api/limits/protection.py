"""Whose guarantees protect a lender: institutions', and those of government bodies where its rule sets let them."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from analytics.structure.guarantees.bodies import bodies_barred
from api.answers.wording import listed
from api.engine import View
from api.limits.criteria import held_to
from api.limits.lender import clients_of


def protectors_of(view: View, lender: int) -> NDArray[np.bool_]:
    """Parties whose guarantee counts as protection for a lender, shape (n,)."""
    institutions = clients_of(view).institution
    return np.asarray(institutions if state_unable(view, lender) else institutions | view.control.state)


def state_unable(view: View, lender: int) -> str:
    """By what text a government body may not guarantee under the rule sets of a lender; empty where it may."""
    barred = bodies_barred(frozenset(held_to(view, lender)), view.snapshot.moment.valid_at)
    return "; ".join(f"{rule.citation}{'' if rule.verified else ', not verified'}" for rule in barred)


def unable_said(view: View, parties: Iterable[int], lender: int) -> tuple[str, str] | None:
    """Those of some guarantors who may not be one, in both languages."""
    bodies = [x for x in dict.fromkeys(parties) if view.control.state[x]]
    citation = state_unable(view, lender) if bodies else ""
    if not citation:
        return None
    names = view.snapshot.all_called(np.array(bodies))
    return (
        f"a government body may not guarantee ({citation}, save for on-lending of foreign loans that the State Council "
        f"approved): the guarantee of {listed(names)} protects nothing here",
        f"机关法人不得为保证人（{citation}，经国务院批准转贷外国政府或国际经济组织贷款的除外）："
        f"{listed(names, chinese=True)}的保证不计其风险缓释作用",
    )
