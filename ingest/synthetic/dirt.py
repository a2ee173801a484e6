"""Rows no program should take, as real deliveries hold them, and how many of each.

Reasons are the words by which quarantine counts (`ingest.reasons`); a number whose check digits do not
agree is no reason to refuse a row, so such numbers are counted apart.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ingest.synthetic.cast import CAST
from ingest.synthetic.identifiers import credit_codes, spoil
from ingest.synthetic.population import Population

UNVERIFIED = "check digits disagree"
"""Kept in the answers beside the reasons; such an identifier is loaded as not verified."""
FIRST_SERIAL = 20_000_000


@dataclass(frozen=True)
class Bad:
    """Spoiled lines of one file, and how many rows each reason refuses."""

    lines: tuple[str, ...]
    reasons: dict[str, int]


@dataclass
class Dirt:
    """Spoils files; `rate` is the share of spoiled rows, at least one of each kind."""

    rate: float
    rng: np.random.Generator
    unverified: list[str] = field(default_factory=list)
    """Register numbers with wrong check digits."""
    _serial: int = FIRST_SERIAL

    def each(self, rows: int, kinds: int) -> int:
        """How many rows of each kind a file of so many rows gets."""
        return max(1, int(rows * self.rate / kinds))

    def companies(self, rows: int) -> Bad:
        """Companies with a negative capital, and ones whose number is mistyped."""
        count = self.each(rows, 2)
        codes = credit_codes(np.arange(self._serial, self._serial + 2 * count)).to_pylist()
        self._serial += 2 * count
        wrong = [spoil(code) for code in codes[count:]]
        self.unverified += wrong
        line = "污行示例企业{0}号有限公司,{1},,,CN,C34,小型,存续,有限责任公司,{2},CNY,2015年6月1日,2022年1月5日"
        lines = [line.format(at, code, -500) for at, code in enumerate(codes[:count])]
        lines += [line.format(count + at, code, 500) for at, code in enumerate(wrong)]
        return self._bad(lines, Counter({"negative money": count}))

    def holdings(self, rows: int, people: Population) -> Bad:
        """Shares over 1, impossible days, and rows that lost or won a cell."""
        count = self.each(rows, 3)
        holders = self._codes(people, count * 3, people.size.companies, people.size.companies + people.size.persons)
        held = self._codes(people, count * 3, 0, people.size.companies)
        pairs = list(zip(holders, held, strict=True))
        lines = [f"{holder},污行,{company},150,2020年1月1日,,2020年1月11日" for holder, company in pairs[:count]]
        lines += [
            f"{holder},污行,{company},5,2023年2月30日,,2023年3月9日" for holder, company in pairs[count : 2 * count]
        ]
        for at, (holder, company) in enumerate(pairs[2 * count :]):
            lines.append(f"{holder},污行,{company},5" + (",2020年1月1日,,2020年1月11日,多余" if at % 2 else ""))
        return self._bad(
            lines, Counter({"share over 1": count, "impossible date": count, "wrong number of cells": count})
        )

    def guarantees(self, rows: int, people: Population) -> Bad:
        """Guarantees for oneself, and liabilities nobody knows."""
        count = self.each(rows, 2)
        chosen = self.rng.integers(0, people.size.companies, 2 * count)
        codes = people.code.take(pa.array(chosen)).to_pylist()
        others = people.code.take(pa.array((chosen + 1) % people.size.companies)).to_pylist()
        bank = CAST["BK1"].code
        line = "WX-{0:06d},{1},{2},{3},100,CNY,{4},保证,2021年5月1日,2026年5月1日,2021年5月20日"
        lines = [line.format(at, code, code, bank, "连带责任保证") for at, code in enumerate(codes[:count])]
        for at in range(count, 2 * count):
            lines.append(line.format(at, codes[at], others[at], bank, "口头保证"))
        return self._bad(lines, Counter({"relation to itself": count, "unknown word": count}))

    def _codes(self, people: Population, count: int, low: int, high: int) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
        return np.array(people.code.take(pa.array(self.rng.integers(low, high, count))).to_pylist())

    def _bad(self, lines: list[str], reasons: Counter[str]) -> Bad:
        order = self.rng.permutation(len(lines))
        return Bad(tuple(lines[place] for place in order), dict(reasons))
