"""Words of the data in Chinese: `chinese.toml`."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from api.answers.frame import Fact
from graph.model import KINDS

_AMOUNT: Final = re.compile(r"^(?P<word>undrawn|receivable) (?P<rest>.*)$")


@cache
def _words() -> dict[str, str]:
    return tomllib.loads(files("api.answers").joinpath("chinese.toml").read_text(encoding="utf-8"))


def said_zh(word: str) -> str:
    """A word of the data in Chinese; a name, a share or an amount stays as it is.

    >>> said_zh("joint"), said_zh("60% of votes"), said_zh("undrawn CNY 5"), said_zh("60%")
    ('连带责任', '60% 表决权', '未用 CNY 5', '60%')
    """
    told = _words()
    if word.endswith(" of votes"):
        return f"{word.removesuffix(' of votes')} {told['of votes']}"
    beside = _AMOUNT.match(word)
    return f"{told[beside['word']]} {beside['rest']}" if beside else told.get(word, word)


def gist_zh(fact: Fact) -> str:
    """What a fact says in a few words of Chinese; what it is where it says nothing."""
    return "，".join(said_zh(part) for part in fact.text.split(", ")) if fact.text else KINDS[fact.kind].zh
