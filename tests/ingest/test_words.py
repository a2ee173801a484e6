import pytest

from graph.model import COLLATERAL
from ingest.words import words_of


@pytest.mark.parametrize(
    ("word", "kind"),
    [("保证金存款", "deposit"), ("银行存单", "certificate"), ("国债", "government bond")],
)
def test_collateral_that_is_taken_off_is_known_by_the_words_of_the_guideline(word: str, kind: str) -> None:
    """银监会令2010年第4号 art. 12 takes off 保证金存款、质押的银行存单和国债."""
    assert words_of("PLEDGES", "kind", COLLATERAL)[word] == kind
