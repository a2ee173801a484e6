from datetime import date

from api.answers.frame import Fact, Party
from api.questions.links.timelines import Stretch, TimeLine
from api.report.bars import WIDE, Scale
from tests.api.world import instant

A, B = Party("a", "A", "Company"), Party("b", "B", "Company")


def stretch(first: date | None, last: date | None) -> Stretch:
    return Stretch(Fact("f", "OWNS", A, B, {}, ""), first, last, instant("2020-01-01"), holds=True, set_aside=False)


def scale(*stretches: Stretch, today: date = date(2024, 7, 1)) -> Scale:
    return Scale.of([TimeLine(A, B, "OWNS", stretches, (), ())], today)


def test_the_scale_takes_in_every_day_that_is_named() -> None:
    one = scale(stretch(date(2010, 5, 1), date(2030, 2, 1)))
    assert (one.first, one.last) == (date(2010, 1, 1), date(2031, 1, 1))
    assert (one.at(one.first), one.at(one.last)) == (0, WIDE)


def test_a_day_lies_as_far_along_as_its_days() -> None:
    one = scale(stretch(date(2020, 1, 1), date(2023, 12, 31)))
    assert one.at(date(2022, 1, 1)) / WIDE == round(731 / 1827 * WIDE, 1) / WIDE


def test_what_never_begins_or_ends_goes_from_end_to_end() -> None:
    one = scale(stretch(None, None))
    (bar,) = one.bars([stretch(None, None)])
    assert (bar.left, bar.width, bar.opens, bar.stays) == (0, WIDE, True, True)


def test_a_day_alone_still_has_a_scale() -> None:
    one = scale(today=date(9999, 6, 1))
    assert one.first < one.last
    assert 0 <= one.now <= WIDE
