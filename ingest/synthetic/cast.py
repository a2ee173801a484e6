"""The invented parties that play a part in a planted story; each has one key here and an id in every source.

Their names say that they are invented: 示例 is *example*, 甲乙丙丁 are the Chinese A, B, C, D.
"""

from dataclasses import dataclass
from typing import Final, Literal

from ingest.synthetic.identifiers import credit_codes, lei_codes

REGISTER: Final = "工商登记"
BANK_LIST: Final = "授信台账"
PLATFORM: Final = "供应链平台"
REPORTS: Final = "财务舆情"
ABROAD: Final = "境外登记"
RATES: Final = "汇率牌价"

RESERVED: Final = 1_000
"""Serial numbers below belong to the cast, from here on to the background."""


@dataclass(frozen=True)
class Actor:
    """One party of a planted story."""

    key: str
    kind: Literal["Company", "Person", "Foreign", "Bank"]
    name: str
    english: str
    code: str
    """Number in the company register."""
    lei: str = ""
    industry: str = "C35"
    founded: str = "2012-05-18"

    @property
    def registered(self) -> str:
        """Id in the graph of the party as the register knows it."""
        return f"{REGISTER}:{self.code}"


_COMPANIES: Final = (
    # key, name, English name, industry
    ("H", "B集团控股有限公司", "B Group Example Holding Co., Ltd.", "L72"),
    ("W", "壬岫示例投资有限公司", "Renxiu Example Investment Co., Ltd.", "L72"),
    ("X", "癸汀示例贸易有限公司", "Guiting Example Trading Co., Ltd.", "F51"),
    ("M1", "B集团精工有限公司", "B Group Example Precision Co., Ltd.", "C34"),
    ("M2", "B集团物流有限公司", "B Group Example Logistics Co., Ltd.", "G54"),
    ("M3", "B集团材料有限公司", "B Group Example Materials Co., Ltd.", "C30"),
    ("M4", "甲岫示例铸件有限公司", "Jiaxiu Example Castings Co., Ltd.", "C33"),
    ("M5", "乙汀示例电子有限公司", "Yiting Example Electronics Co., Ltd.", "C39"),
    ("M6", "丙垠示例化工有限公司", "Bingyin Example Chemicals Co., Ltd.", "C26"),
    ("M7", "戊坞示例包装有限公司", "Wuwu Example Packaging Co., Ltd.", "C22"),
    ("M8", "B集团国际贸易有限公司", "B Group Example International Trade Co., Ltd.", "F51"),
    ("R1", "庚坪示例资产管理有限公司", "Gengping Example Asset Management Co., Ltd.", "J67"),
    ("START", "初芽示例传感有限公司", "Chuya Example Sensing Co., Ltd.", "C40"),
    ("BUYER", "壮岭示例电器有限公司", "Zhuangling Example Appliances Co., Ltd.", "C38"),
    ("SIDE1", "小坡示例仪表有限公司", "Xiaopo Example Instruments Co., Ltd.", "C40"),
    ("SIDE2", "小渡示例安防有限公司", "Xiaodu Example Security Co., Ltd.", "I65"),
    ("K0", "己川示例整车有限公司", "Jichuan Example Vehicles Co., Ltd.", "C36"),
    ("T11", "一层甲示例电池有限公司", "Tier One Example Batteries A Co., Ltd.", "C38"),
    ("T12", "一层乙示例电池有限公司", "Tier One Example Batteries B Co., Ltd.", "C38"),
    ("T13", "一层丙示例电机有限公司", "Tier One Example Motors Co., Ltd.", "C38"),
    ("T14", "一层丁示例芯片有限公司", "Tier One Example Chips Co., Ltd.", "C39"),
    ("T15", "一层戊示例玻璃有限公司", "Tier One Example Glass A Co., Ltd.", "C30"),
    ("T16", "一层己示例玻璃有限公司", "Tier One Example Glass B Co., Ltd.", "C30"),
    ("T21", "二层甲示例电芯有限公司", "Tier Two Example Cells Co., Ltd.", "C38"),
    ("T22", "二层乙示例磁材有限公司", "Tier Two Example Magnets A Co., Ltd.", "C39"),
    ("T23", "二层丙示例磁材有限公司", "Tier Two Example Magnets B Co., Ltd.", "C39"),
    ("T24", "二层丁示例晶圆有限公司", "Tier Two Example Wafers Co., Ltd.", "C39"),
    ("T25", "二层戊示例砂业有限公司", "Tier Two Example Sands A Co., Ltd.", "B10"),
    ("T26", "二层己示例砂业有限公司", "Tier Two Example Sands B Co., Ltd.", "B10"),
    ("T31", "三层甲示例锂盐有限公司", "Tier Three Example Lithium A Co., Ltd.", "C26"),
    ("T32", "三层乙示例锂盐有限公司", "Tier Three Example Lithium B Co., Ltd.", "C26"),
    ("T33", "三层丙示例特气有限公司", "Tier Three Example Gases Co., Ltd.", "C26"),
    ("T34", "三层丁示例稀土有限公司", "Tier Three Example Rare Earths Co., Ltd.", "C32"),
)
_PLEDGING: Final = (
    ("DEV", "筑湾示例置业有限公司", "Zhuwan Example Property Co., Ltd.", "K70"),
    ("MILL", "锻坪示例钢铁有限公司", "Duanping Example Steel Co., Ltd.", "C31"),
)
_PERSONS: Final = (
    ("J", "甲某", "Jia Mou (example)"), ("Y", "乙某", "Yi Mou (example)"), ("C", "丙某", "Bing Mou (example)"),
    ("N", "丁某", "Ding Mou (example)"), ("G", "庚某", "Geng Mou (example)"), ("K", "辛某", "Xin Mou (example)"),
    ("F", "创某", "Chuang Mou (example)"),
)  # fmt: skip
_BANKS: Final = (
    ("BK1", "霁汀示例商业银行股份有限公司", "Jiting Example Commercial Bank Co., Ltd."),
    ("BK2", "澜岑示例城市银行股份有限公司", "Lancen Example City Bank Co., Ltd."),
    ("BK3", "珀浔示例农商银行股份有限公司", "Poxun Example Rural Bank Co., Ltd."),
    ("BK4", "屿垠示例发展银行股份有限公司", "Yuyin Example Development Bank Co., Ltd."),
    ("BK5", "嵘漪示例信托有限公司", "Rongyi Example Trust Co., Ltd."),
)


def _cast() -> dict[str, Actor]:
    companies = [(key, "Company", *rest) for key, *rest in _COMPANIES]
    banks = [(key, "Bank", *rest, "J66") for key, *rest in _BANKS]
    overseas = ("O", "Foreign", "Belvaro Overseas Holdings Limited", "", "境外-000001")
    pledging = [(key, "Company", *rest) for key, *rest in _PLEDGING]
    # Numbers go by place: who comes last changes nobody's.
    listed = [*companies, *banks, overseas, *pledging]
    codes, leis = credit_codes(range(len(listed))).to_pylist(), lei_codes(range(len(listed))).to_pylist()
    with_lei = {"H", "M8", "O", *(key for key, *_ in _BANKS)}
    actors = {}
    for code, lei, (key, kind, name, english, last) in zip(codes, leis, listed, strict=True):
        number = last if kind == "Foreign" else code
        actors[key] = Actor(key, kind, name, english, number, lei if key in with_lei else "", last)  # type: ignore[arg-type]
    for place, (key, name, english) in enumerate(_PERSONS, start=1):
        actors[key] = Actor(key, "Person", name, english, f"自然人-{place:07d}")
    return actors


CAST: Final = _cast()
MEMBERS: Final = tuple(f"M{number}" for number in range(1, 9))
"""The eight borrowers of B集团."""
LENDERS: Final = tuple(key for key, *_ in _BANKS)
