"""Every text of a report, in Chinese or English."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from api.answers.chinese import gist_zh, said_zh
from api.answers.frame import Fact, Source
from api.answers.wording import band, label, listed, one_stop, percent, plural, short_money
from api.questions.links.chains import Period
from graph.errors import InvalidQuestion
from graph.model import KINDS

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


@cache
def _texts() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("api.report").joinpath("words.toml").read_text(encoding="utf-8"))


class Words:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise InvalidQuestion(
                f"no report is written in {language!r}", where="language", remedy=f"use {' or '.join(LANGUAGES)}"
            )
        self.language = language
        self._texts = _texts()[language]

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return "zh-CN" if self.language == "zh" else "en"

    def __call__(self, name: str, **values: Any) -> str:
        """A text with its values."""
        return one_stop(str(self._texts[name]).format(**values))

    def either(self, english: str, chinese: str) -> str:
        """What the model or an answer says in both languages."""
        return chinese if self.language == "zh" else english

    def counted(self, count: int, what: str) -> str:
        """A count with its noun.

        >>> Words("en").counted(1, "step"), Words("zh").counted(1200, "fact")
        ('1 step', '1,200 项事实')
        """
        one, many, chinese = _texts()["counted"][what]
        return self.either(plural(count, one, many), f"{count:,} {chinese}")

    def kind(self, name: str) -> str:
        """A relation by what it means.

        >>> Words("zh").kind("OWNS"), Words("en").kind("LENDS")
        ('持股', 'lends to')
        """
        return self.either(_texts()["relations"].get(name, KINDS[name].en), KINDS[name].zh)

    def said(self, word: str) -> str:
        """A word of the data in this language; a name, a share or an amount stays as it is.

        >>> Words("zh").said("joint"), Words("zh").said("60% of votes"), Words("zh").said("undrawn CNY 5")
        ('连带责任', '60% 表决权', '未用 CNY 5')
        """
        return self.either(word, said_zh(word))

    def gist(self, fact: Fact) -> str:
        """What a fact says in a few words."""
        return self.either(fact.text, gist_zh(fact)) if fact.text else ""

    def label(self, fact: Fact) -> str:
        """What matters most about a fact, short enough for a line."""
        return self.said(label(KINDS[fact.kind], fact.values, chinese=self.language == "zh"))

    def period(self, start: date | None, end: date | None) -> str:
        """When something holds.

        >>> Words("zh").period(None, None), Words("en").period(date(2020, 1, 1), None)
        ('一直有效', 'since 2020-01-01')
        """
        name = {(True, True): "from_to", (True, False): "since", (False, True): "until", (False, False): "always"}
        return self(name[start is not None, end is not None], start=start, end=end)

    def periods(self, periods: tuple[Period, ...]) -> str:
        """Several of them."""
        said = [self.period(one.valid_from, one.valid_to) for one in periods]
        return self.either(", ", "，").join(said) or self("never")

    def holds(self, source: Source) -> str:
        """When a source says that its fact holds."""
        return self.period(source.valid_from, source.valid_to)

    def money(self, amount: float, currency: str | None) -> str:
        """An amount, shortened: by 亿 and 万 in Chinese, by millions in English, whatever its currency.

        >>> Words("zh").money(8e7, "CNY"), Words("zh").money(0, "CNY"), Words("en").money(8e7, "CNY")
        ('8,000万元', '0元', 'CNY 80m')
        """
        return short_money(amount, currency, chinese=self.language == "zh")

    def percent(self, fraction: float) -> str:
        """A fraction as a percentage."""
        return percent(fraction)

    def band(self, low: float, high: float) -> str:
        """Two fractions as percentages, one where they are the same."""
        return band(low, high)

    def listed(self, names: Sequence[str], most: int = 12, *, total: int | None = None) -> str:
        """Names after one another; of many the first, and how many there are."""
        return listed(names, total, most=most, chinese=self.language == "zh")
