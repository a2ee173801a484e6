"""B集团: a pyramid behind nominees and persons, told statement by statement as its sources told it.

Who stood behind the holding company H: until October 2022 庚某 by votes; then 甲某, who holds 42 % and
speaks for his spouse and a concert party; from March 2024 壬岫投资 with 55 %, whose only shareholder
seemed to be 丁某. In March 2025 the register corrects itself: 丁某 held for 甲某 all the time, and H has
held 55 % of 乙汀电子, not 45 %.
"""

from dataclasses import dataclass
from typing import Final

from ingest.synthetic.cast import MEMBERS

FORMER_NAME: Final = "B集团实业有限公司"
"""Name of H until November 2022."""
LATE: Final[str] = "2025-03-20"
"""Day on which the register published its correction."""


@dataclass(frozen=True)
class Holding:
    """One statement of the register about a holding, share in percent."""

    holder: str
    company: str
    share: float
    start: str
    end: str | None
    stated: str
    op: str = "新增"


@dataclass(frozen=True)
class Control:
    """One statement of the register about control that is not counted in votes."""

    controller: str
    company: str
    basis: str
    start: str
    end: str | None
    stated: str


@dataclass(frozen=True)
class Facility:
    """One line of the banks' list, amounts in whole units of the currency."""

    number: str
    lender: str
    borrower: str
    kind: str
    currency: str
    drawn: float
    undrawn: float
    ccf: float
    start: str
    maturity: str
    stated: str


@dataclass(frozen=True)
class Guarantee:
    """One guarantee to the first bank, in yuan."""

    contract: str
    guarantor: str
    borrower: str
    amount: float
    liability: str
    signed: str


def _first(holder: str, company: str, share: float, start: str) -> Holding:
    """A holding that was stated before the first delivery and never changed."""
    return Holding(holder, company, share, start, None, "2022-03-15")


HOLDINGS: Final = (
    Holding("G", "H", 60, "2019-05-10", None, "2022-03-15"),
    Holding("J", "H", 30, "2019-05-10", None, "2022-03-15"),
    Holding("G", "H", 20, "2022-10-01", None, "2022-10-08"),
    Holding("J", "H", 42, "2022-10-01", None, "2022-10-08"),
    Holding("Y", "H", 18, "2022-10-01", None, "2022-10-08"),
    Holding("C", "H", 10, "2022-10-01", None, "2022-10-08"),
    Holding("G", "H", 20, "2022-10-01", "2024-03-01", "2024-03-06"),
    Holding("C", "H", 10, "2022-10-01", "2024-03-01", "2024-03-06"),
    Holding("J", "H", 25, "2024-03-01", None, "2024-03-06"),
    Holding("Y", "H", 10, "2024-03-01", None, "2024-03-06"),
    Holding("W", "H", 55, "2024-03-01", None, "2024-03-06"),
    Holding("N", "W", 100, "2024-02-01", None, "2024-02-08"),
    _first("H", "M1", 51, "2019-06-01"), _first("M2", "M1", 20, "2020-01-15"),
    _first("H", "M2", 25, "2019-06-01"), _first("M1", "M2", 30, "2020-01-15"),
    _first("H", "M3", 51, "2019-07-01"), _first("K", "M3", 49, "2019-07-01"),
    _first("M3", "M4", 60, "2020-03-01"), _first("K", "M4", 40, "2020-03-01"),
    _first("H", "M5", 45, "2021-01-01"), _first("R1", "M5", 45, "2021-01-01"),
    _first("M4", "M6", 26, "2020-09-01"), _first("M3", "M6", 25, "2020-09-01"), _first("R1", "M6", 49, "2020-09-01"),
    _first("N", "X", 100, "2021-09-01"),
    _first("X", "M7", 40, "2021-10-01"), _first("H", "M7", 15, "2021-10-01"), _first("R1", "M7", 45, "2021-10-01"),
    _first("O", "M8", 100, "2021-07-01"),
    _first("K", "R1", 100, "2018-02-01"),
    Holding("N", "W", 100, "2024-02-01", None, LATE, "撤销"),
    Holding("J", "W", 100, "2024-02-01", None, LATE, "新增"),
    Holding("H", "M5", 55, "2021-01-01", None, LATE, "更正"),
)  # fmt: skip

CONTROLS: Final = (
    Control("J", "H", "一致行动协议", "2022-10-01", None, "2022-10-08"),
    Control("J", "H", "一致行动协议", "2022-10-01", "2024-03-01", "2024-03-06"),
    Control("J", "X", "协议", "2021-09-01", None, LATE),
)

RELATIONS: Final = (
    ("J", "Y", "配偶", "2010-10-10", "2022-03-15"),
    ("J", "C", "一致行动人", "2022-10-01", "2022-10-08"),
    ("X", "M2", "同地址", "2021-09-01", "2022-03-15"),
    ("N", "J", "代持", "2021-09-01", LATE),
)
"""From, to, kind, start, stated."""

OFFICES: Final = (
    ("J", "H", "董事长", "2019-05-10"), ("Y", "H", "监事", "2019-05-10"), ("N", "X", "法定代表人", "2021-09-01"),
    ("N", "W", "法定代表人", "2024-02-01"), ("C", "M3", "总经理", "2019-07-01"), ("K", "R1", "执行董事", "2018-02-01"),
)  # fmt: skip

_DEAL = (
    # number, borrower, kind, currency, drawn, undrawn, ccf at the end of 2023; drawn, undrawn at the end of 2024
    ("S-0001", "M1", "流动资金贷款", "CNY", 40e6, 10e6, 0.4, 55e6, 5e6),
    ("S-0002", "M2", "流动资金贷款", "CNY", 30e6, 0.0, 0.4, 30e6, 0.0),
    ("S-0003", "M3", "固定资产贷款", "CNY", 62e6, 18e6, 0.4, 58e6, 12e6),
    ("S-0004", "M4", "贷款", "EUR", 2.5e6, 0.5e6, 0.4, 2.2e6, 0.8e6),
    ("S-0005", "M5", "银行承兑汇票", "CNY", 20e6, 5e6, 0.5, 26e6, 4e6),
    ("S-0006", "M6", "流动资金贷款", "CNY", 35e6, 0.0, 0.4, 33e6, 7e6),
    ("S-0007", "M7", "信用证", "CNY", 12e6, 8e6, 0.2, 15e6, 5e6),
    ("S-0008", "M8", "贷款", "USD", 4.0e6, 1.0e6, 0.4, 5.5e6, 0.5e6),
    ("S-0009", "M1", "保函", "CNY", 6e6, 0.0, 0.5, 6e6, 0.0),
)


def _facilities() -> tuple[Facility, ...]:
    found = []
    for number, borrower, kind, currency, drawn, undrawn, ccf, drawn_24, undrawn_24 in _DEAL:
        terms = ("BK1", borrower, kind, currency)
        found.append(Facility(number, *terms, drawn, undrawn, ccf, "2023-04-01", "2027-03-31", "2023-12-31"))
        found.append(Facility(number, *terms, drawn_24, undrawn_24, ccf, "2023-04-01", "2027-03-31", "2024-12-31"))
    for stated in ("2023-12-31", "2024-12-31"):
        for number, lender, borrower in (("S-0010", "BK2", "H"), ("S-0011", "BK3", "M1")):
            days = ("2022-06-01", "2028-05-31", stated)
            found.append(Facility(number, lender, borrower, "贷款", "CNY", 80e6, 20e6, 0.4, *days))
    return tuple(found)


FACILITIES: Final = _facilities()

GUARANTEES: Final = (
    Guarantee("SB-0001", "M2", "M3", 30e6, "连带责任保证", "2021-02-01"),
    Guarantee("SB-0002", "M3", "M6", 25e6, "连带责任保证", "2021-02-01"),
    Guarantee("SB-0003", "M6", "M2", 28e6, "连带责任保证", "2021-02-01"),
    Guarantee("SB-0004", "X", "M7", 15e6, "一般保证", "2021-11-01"),
    Guarantee("SB-0005", "H", "M1", 60e6, "连带责任保证", "2020-04-01"),
)
GUARANTEES_STATED: Final = "2022-04-20"
BORROWERS: Final = (*MEMBERS, "H")
