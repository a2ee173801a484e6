"""What is offered and takes nothing off is told."""

from pathlib import Path

import pytest

from api.questions import credit_check
from api.questions.limits.applications import Asked, Collateral, Guarantee, Request
from tests.api.limits.test_standing import BANK, OTHER, A, B, lender
from tests.api.questions.limits.test_doubts import CAPITAL, engine

BANKER = ("Profile", {"party": OTHER, "name": "Other", "lender_class": "commercial bank"})


@pytest.mark.parametrize(
    ("guarantor", "collateral", "told"),
    [
        (
            B,
            "real estate",
            ("The guarantee of r:b over CNY 10 moves nothing", "The real estate over CNY 5 takes nothing off"),
        ),
        (OTHER, "deposit", ()),
    ],
)
def test_protection_that_counts_for_nothing_is_told(
    tmp_path: Path, guarantor: str, collateral: str, told: tuple[str, ...]
) -> None:
    asked = engine(tmp_path, lender(), *CAPITAL, BANKER)
    offered = {
        "collateral": (Collateral(kind=collateral, value=5.0),),
        "guarantors": (Guarantee(party=guarantor, amount=10.0),),
    }
    request = Request(applicant=A, lender=BANK, facility=Asked(amount=20.0, currency="CNY", kind="bond", **offered))
    reasons = credit_check(asked, request, moment=asked.moment()).reasons
    found = [reason for reason in reasons if "moves nothing" in reason or "takes nothing off" in reason]
    assert not any("real estate" in reason.partition(" · ")[2] for reason in found)
    assert [reason[: len(start)] for reason, start in zip(found, told, strict=True)] == list(told)
