"""What the first bank is asked for: one facility to approve, one to refer and one to decline, planted with care.

壮岭电器 owes the bank much, and 初芽传感 lives from selling to it: alone either may borrow more, but should the
one fall with the other, which figures suggest and nobody confirmed, they are one risk. B集团 owes too much already.
"""

from dataclasses import dataclass
from typing import Final

from ingest.synthetic.group_b import Facility


@dataclass(frozen=True)
class Application:
    """One application, in yuan."""

    name: str
    applicant: str
    amount: float
    verdict: str


_TERMS = ("BK1", "BUYER")
FACILITIES: Final = tuple(
    Facility(number, *_TERMS, kind, "CNY", drawn, 0.0, factor, "2023-05-01", "2028-04-30", stated)
    for stated in ("2023-12-31", "2024-12-31")
    for number, kind, drawn, factor in (("S-0012", "固定资产贷款", 125e6, 0.4), ("S-0013", "银行承兑汇票", 35e6, 0.5))
)
BORROWERS: Final = ("BUYER",)
APPLICATIONS: Final = (
    Application("通过", "START", 20e6, "approve"),
    Application("待审", "START", 100e6, "refer"),
    Application("拒绝", "M1", 10e6, "decline"),
)
