"""How values are written in words, the same in answers, tables and pictures."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from analytics.structure.dependence.states import CONTROL
from api.answers.frame import Party, Share
from graph.bands import Band
from graph.currencies import NO_CURRENCY
from graph.field import Kind
from graph.model import GUARANTEES

_ITEM: Final = re.compile(r"'([^']*)'")
NOT_DISCLOSED: Final = "not disclosed"
"""How amounts read of which none is known."""
NOTHING: Final = "0%"
"""How a share reads that rounds to nothing."""
WHOLE: Final = 1.5e-7
"""Beside a whole percentage, in percent: shares are compared as integers of 1e-9, so that less is rounding."""
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_STOPS: Final = re.compile(r"(?<!\.)\.\.(?=\s|$)")
_LISTED: Final = re.compile(r"\['[^']*'(?:, '[^']*')*\]")


def percent(fraction: float, digits: int = 2) -> str:
    """A fraction as a percentage; what lies beside a whole one, as laws set their thresholds, does not read as it.

    >>> percent(0.6), percent(1 / 3), percent(1e-9)
    ('60%', '33.33%', '0%')
    >>> percent(0.249999), percent(0.50001), percent(0.1 + 0.2)
    ('24.9999%', '50.001%', '30%')
    """
    value = 100 * fraction
    whole = round(value, digits)
    if whole and whole.is_integer() and abs(value - whole) > WHOLE:
        digits = next(d for d in range(digits, 8) if round(value, d) != whole)
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") + "%"


def used(fraction: float) -> str:
    """A use of a limit, with so many digits that what is not all of it does not read as all of it.

    >>> used(0.6), used(200_000_001 / 200_000_000), used(1.0), used(0.999999)
    ('60%', '100.0000005%', '100%', '99.9999%')
    """
    texts = (percent(fraction, digits) for digits in range(2, 15))
    return next((text for text in texts if text != "100%"), "100%")


def band(low: float, high: float) -> str:
    """Two ends in percent, one number where both read alike; what is more than nothing never reads as nothing.

    >>> band(0.25, 0.5), band(0.305601, 0.305604), band(0, 1e-6), band(0, 0)
    ('25–50%', '30.56%', '<0.01%', '0%')
    """
    least, most = percent(low), percent(high)
    if least != most:
        return f"{least[:-1]}–{most}"
    return "<0.01%" if most == NOTHING and high > 0 else most


def both(said: str, said_zh: str) -> str:
    """A text in both languages, once where they are the same.

    >>> both("Steel falls", "钢铁行业下行"), both("mine", "mine")
    ('Steel falls · 钢铁行业下行', 'mine')
    """
    return said if said == said_zh else f"{said} · {said_zh}"


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "party", "parties"), plural(1200, "link")
    ('1 party', '1,200 links')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(
    names: Sequence[str],
    total: int | None = None,
    *,
    most: int = 12,
    by: str = "",
    chinese: bool = False,
    unit: str = "个",
) -> str:
    """Names after one another; of many the first, and how many there are beside them, in Chinese how many in all.

    `total` counts also those whose names are not given.

    >>> listed(["A", "B", "C"], most=2), listed(["A", "B"], 5, by=" or "), listed(["A", "B"])
    ('A, B and 1 more', 'A or B or 3 more', 'A, B')
    >>> listed(["甲", "乙", "丙"], most=2, chinese=True, unit="方"), listed(["甲", "乙"], chinese=True)
    ('甲、乙等3方', '甲、乙')
    """
    every, shown = max(len(names), total or 0), names[:most]
    told, more = (by or ("、" if chinese else ", ")).join(shown), every - len(shown)
    if not (shown and more):
        return told
    return f"{told}等{every:,}{unit}" if chinese else f"{told}{by or ' and '}{more:,} more"


def names_of(parties: Iterable[Party]) -> list[str]:
    """Names of some parties, with the id beside where several of them are called alike.

    >>> names_of([Party("r:1", "A", "Company"), Party("r:2", "A", "Company"), Party("r:3", "B", "Company")])
    ['A (r:1)', 'A (r:2)', 'B']
    """
    some = list(dict.fromkeys(parties))
    often = Counter(one.name for one in some)
    return [f"{one.name} ({one.id})" if often[one.name] > 1 else one.name for one in some]


def ended(said: str) -> str:
    """What is said with its full stop: a Chinese one where it is said in both languages, English first.

    >>> ended("nothing is known · 一无所知"), ended("it is that of 甲公司"), ended("judge it · 请予认定。")
    ('nothing is known · 一无所知。', 'it is that of 甲公司.', 'judge it · 请予认定。')
    >>> ended("lend CNY 59 · 授信CNY 59"), ended("ask A Ltd. · 询问A Ltd."), ended("ask A Ltd.")
    ('lend CNY 59 · 授信CNY 59。', 'ask A Ltd. · 询问A Ltd.。', 'ask A Ltd.')
    """
    if _HAN.search(said.partition(" · ")[2]):
        return said if said.endswith("。") else f"{said}。"
    return said if said.endswith(("。", ".")) else f"{said}."


def one_stop(said: str) -> str:
    """Sentences with one full stop each, also where a name at the end of one has its own.

    >>> one_stop("It is that of A Ltd.. B owns it."), one_stop("It is that of A Ltd..")
    ('It is that of A Ltd. B owns it.', 'It is that of A Ltd.')
    """
    return _STOPS.sub(".", said)


def share(low: float | None, high: float | None, ends: int | None) -> Share | None:
    """A band from its three columns; None where nothing is stated.

    >>> share(0.5, 0.75, 1).text, share(0.6, 0.6, 0).text, share(0.25, None, 0).text
    ('>50–75%', '60%', '25–100%')
    """
    if low is None and high is None:
        return None
    band = Band.of(low, high, ends)
    return Share(band.low, band.high, not band.low_open, not band.high_open, band.text(percent))


def money(amount: float | None, currency: str | None, digits: int = 0) -> str:
    """An amount in whole units.

    >>> money(80_000_000, "CNY"), money(None, "CNY"), money(12.4, None)
    ('CNY 80,000,000', 'amount not disclosed', '12')
    """
    if amount is None or math.isnan(amount):
        return "amount not disclosed"
    return f"{currency} {amount:,.{digits}f}" if currency and currency != NO_CURRENCY else f"{amount:,.{digits}f}"


def disclosed(amount: float, undisclosed: int, currency: str | None) -> str:
    """What is disclosed of several amounts, and how many are not; none of them never reads as nothing.

    >>> disclosed(5, 0, "CNY"), disclosed(5, 2, "CNY"), disclosed(0, 2, "CNY"), disclosed(0, 0, "CNY")
    ('CNY 5', 'CNY 5 and 2 undisclosed', 'not disclosed', 'CNY 0')
    """
    if not undisclosed:
        return money(amount, currency)
    return f"{money(amount, currency)} and {undisclosed:,} undisclosed" if amount else NOT_DISCLOSED


def apart(one: float, other: float | None, currency: str | None) -> tuple[str, str]:
    """Two amounts, with so many digits that they read as different where they are, up to thousandths.

    >>> apart(150_000_000.01, 150_000_000, "CNY"), apart(5, 5, None)
    (('CNY 150,000,000.01', 'CNY 150,000,000.00'), ('5', '5'))
    """
    pairs = [(money(one, currency, digits), money(other, currency, digits)) for digits in (0, 2, 3)]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])


def needed(amount: float, currency: str | None) -> str:
    """An amount that has to move, with the digits that matter, up to thousandths, and never told as less.

    >>> needed(27, "CNY"), needed(26.5, "CNY"), needed(0.2, None), needed(53.3333334, None)
    ('CNY 27', 'CNY 26.50', '0.20', '53.334')
    """
    digits = _digits(amount)
    return money(-_down(-amount, digits), currency, digits)


def allowed(amount: float, currency: str | None, digits: int | None = None) -> str:
    """An amount that is fitting at most, with the digits that matter or so many as are asked for, and never told as
    more.

    >>> allowed(27, "CNY"), allowed(26.5, "CNY"), allowed(26.9, "CNY", 0), allowed(53.3339, None)
    ('CNY 27', 'CNY 26.50', 'CNY 26', '53.333')
    """
    digits = _digits(amount) if digits is None else digits
    return money(_down(amount, digits), currency, digits)


def within(amount: float, most: float | None, currency: str | None) -> tuple[str, str]:
    """An amount and the most it may be, rounded down, with so many digits that one reads above the other where it is.

    >>> within(150_000_000.01, 150_000_000, "CNY"), within(67, 66.9, None), within(66.9, 66.95, None)
    (('CNY 150,000,000.01', 'CNY 150,000,000.00'), ('67', '66'), ('66.90', '66.95'))
    >>> within(5, None, None)
    ('5', 'amount not disclosed')
    """
    if most is None or math.isnan(most):
        return money(amount, currency), money(most, currency)
    same = (d for d in (0, 2, 3) if (round(amount, d) > _down(most, d)) == (amount > most))
    digits = next(same, 3)
    return money(amount, currency, digits), allowed(most, currency, digits)


def _digits(amount: float) -> int:
    """How many digits after the point say all of an amount, 3 where none do."""
    return next((d for d in (0, 2) if abs(round(amount, d) - amount) <= _noise(amount)), 3)


def _down(amount: float, digits: int) -> float:
    """Rounded down, but for what is only rounding."""
    return math.floor((amount + _noise(amount)) * 10.0**digits) / 10.0**digits


def _noise(amount: float) -> float:
    """What of an amount is no money: far below a thousandth of a unit, or its last digits."""
    return max(1e-7, 1e-14 * abs(amount))


def short_money(amount: float, currency: str | None, *, chinese: bool = False) -> str:
    """An amount for a label, in units of one language whatever its currency: thousands, millions and billions, or 万
    and 亿.

    >>> short_money(1_250_000_000, "CNY"), short_money(3_400_000, "EUR"), short_money(950, None)
    ('CNY 1.25bn', 'EUR 3.4m', '950')
    >>> short_money(1_250_000_000, "CNY", chinese=True), short_money(3_400_000, "EUR", chinese=True)
    ('12.5亿元', 'EUR 340万')
    """
    steps = ((1e8, "亿"), (1e4, "万")) if chinese else ((1e9, "bn"), (1e6, "m"), (1e3, "k"))
    size, unit = next(((size, unit) for size, unit in steps if abs(amount) >= size), (1.0, ""))
    number = f"{amount / size:,.2f}".rstrip("0").rstrip(".") if size > 1 else f"{amount:,.0f}"
    if chinese and currency == "CNY":
        return f"{number}{unit}元"
    return f"{'' if currency in (None, NO_CURRENCY) else currency} {number}{unit}".lstrip()


def values(kind: Kind, row: Mapping[str, Any]) -> dict[str, Any]:
    """Own fields of a statement that say something, bands as shares."""
    said: dict[str, Any] = {}
    for field in kind.fields:
        value = share(*(row[name] for name in field.columns)) if field.type == "band" else row[field.name]
        if value is not None:
            said[field.name] = value
    return said


def value(kind: Kind, name: str, said: Any) -> str:
    """The value of one field of a kind, or of all kinds, in words.

    >>> from graph.model import KINDS
    >>> value(KINDS["Profile"], "registered_capital", 5e7), value(KINDS["Assessment"], "pd", 0.025)
    ('50,000,000', '2.5%')
    """
    if isinstance(said, Share):
        return said.text
    if isinstance(said, bool):
        return "yes" if said else "no"
    if name == "note":
        return remark(said)
    if isinstance(said, int | float) and (name == "confidence" or kind.field(name).type == "fraction"):
        return percent(said)
    if isinstance(said, float):
        return f"{said:,.0f}" if said.is_integer() else f"{said:,.10g}"
    return str(said)


def gist(kind: Kind, said: Mapping[str, Any]) -> str:
    """The values of a relation in a few words, as `values` gives them; of a promise without an amount that too.

    >>> from graph.model import GUARANTEES
    >>> gist(GUARANTEES, {"liability": "joint"}), gist(GUARANTEES, {"amount": 5.0, "liability": "joint"})
    ('amount not disclosed, joint', '5, joint')
    """
    silent = [money(None, None)] if kind.name == GUARANTEES.name and said.get("amount") is None else []
    return ", ".join(dict.fromkeys([*silent, *_words(kind, said, money)]))


def denied(said: Mapping[str, Any]) -> bool:
    """Whether a relation is one that somebody judged not to be: a rejected dependence, a ring fence."""
    return "criterion" in said and said.get("verdict") == "rejected"


def denied_said(said: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """What was judged instead, in both languages, and each in a word.

    >>> denied_said({"criterion": "control", "verdict": "rejected"})[1:3]
    ('经认定与对方风险隔离', 'ring-fenced')
    """
    if said.get("criterion") == CONTROL:
        return "Ring-fenced from the other, as judged", "经认定与对方风险隔离", "ring-fenced", "风险隔离"
    return "Would not fail if the other failed, as judged", "经认定不依存于对方", "rejected", "认定不依存"


def label(kind: Kind, said: Mapping[str, Any], *, chinese: bool = False) -> str:
    """What matters most about a relation, short enough to stand on a line: a share, an amount, a word.

    >>> from graph.model import DEPENDS_ON
    >>> label(DEPENDS_ON, {"criterion": "cn-annex1-1", "verdict": "rejected"}, chinese=True)
    '认定不依存'
    """
    if denied(said):
        return denied_said(said)[2 + chinese]
    short = partial(short_money, chinese=chinese)
    shares = [said[f.name].text for f in kind.fields if f.type == "band" and f.name in said]
    amounts = [short(said[f.name], said.get("currency")) for f in kind.fields if said.get(f.name) and f.type == "money"]
    text: str = next(iter(shares or amounts or [*_words(kind, said, short), ""]))
    return text


def _words(kind: Kind, said: Mapping[str, Any], write: Callable[[float, str | None], str]) -> Iterator[str]:
    for field in kind.fields:
        value = said.get(field.name)
        beside = field.name in ("undrawn", "receivable")
        if value is None or (beside and not value):
            continue
        if field.type == "band":
            votes = field.name == "votes"
            if not votes or value != said.get("share"):
                yield f"{value.text} of votes" if votes else value.text
        elif field.type == "money":
            yield (f"{field.name} " if beside else "") + write(value, said.get("currency"))
        elif field.name in ("role", "product", "criterion") or (
            field.type == "choice" and value not in ("direct", "unknown", "unstated") and field.name != "form"
        ):
            yield value


def remark(note: str | None) -> str:
    """A source's note for reading: a list that its program wrote as one is one in words.

    >>> remark("Kind: ['own-shares', 'appoint directors'] [1]")
    'Kind: own-shares, appoint directors [1]'
    """
    return _LISTED.sub(lambda found: ", ".join(_ITEM.findall(found[0])), note or "")


def period(start: date | None, end: date | None) -> str:
    """When a fact holds.

    >>> period(None, None), period(date(2024, 3, 1), None), period(None, date(2024, 3, 1))
    ('always', 'since 2024-03-01', 'until 2024-03-01')
    """
    if start and end:
        return f"{start} to {end}"
    return f"since {start}" if start else f"until {end}" if end else "always"
