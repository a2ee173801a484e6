import pytest

from graph.errors import InvalidDate
from graph.moment import read_instant


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+06:01", "9999-12-31T23:59:59-06:01", "yesterday", ""])
def test_what_is_no_instant_in_utc_is_refused(text: str) -> None:
    with pytest.raises(InvalidDate, match="not an instant"):
        read_instant(text, where="known_at")


def test_an_instant_is_the_same_in_every_zone() -> None:
    assert read_instant("2024-03-01T08:00:00+08:00") == read_instant("2024-03-01")
