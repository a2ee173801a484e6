import pytest

from analytics.structure.linkage.reasons import FAMILY, FORMS, RELATED, Step, family_of, reasons_of
from graph.errors import InvalidQuestion
from graph.model import RELATIONS, RELATIONSHIPS, SAME_AS

A, B, X, Y = 0, 1, 5, 6


def along(*families: str) -> list[list[Step]]:
    return [[Step(family, True)] for family in families]


def walk(text: str, *families: str) -> list[list[Step]]:
    """Steps whose arrows are written as they point, such as `<>`; of one family, or of one each."""
    every = families if len(families) > 1 else families * len(text)
    return [[Step(family, sign == ">")] for sign, family in zip(text, every, strict=True)]


@pytest.mark.parametrize(
    ("nodes", "steps", "form", "through"),
    [
        ((A, B), walk(">", "holding"), "holding", ()),
        ((A, X, B), walk("<<", "holding"), "holding", (X,)),
        ((A, X, B), walk("<>", "holding"), "shared holder", (X,)),
        ((A, X, B), walk("><", "holding"), "shared holding", (X,)),
        ((A, X, Y, B), walk("<<>", "holding"), "shared holder", (Y,)),
        ((A, X, Y, B), walk("><>", "holding"), "holdings", (X, Y)),
        ((A, X, B), walk("<>", "office"), "shared officer", (X,)),
        ((A, B), walk("<", "office"), "office", ()),
        ((A, X, B), walk(">>", "money"), "money", (X,)),
        ((A, X, B), walk("<>", "money"), "shared money", (X,)),
        ((A, B), walk(">", "trade"), "trade", ()),
        ((A, X, B), walk("><", "trade"), "shared trade", (X,)),
        ((A, B), walk(">", "contact"), "contact", ()),
        ((A, B), walk("<", "kin"), "kin", ()),
        ((A, X, B), walk("<>", "office", "holding"), "mixed", (X,)),
    ],
)
def test_a_path_means_what_its_links_mean(
    nodes: tuple[int, ...], steps: list[list[Step]], form: str, through: tuple[int, ...]
) -> None:
    (reason,) = reasons_of([(nodes, steps)])
    assert (reason.form, reason.ends, reason.through, reason.paths) == (form, (A, B), through, (0,))


def test_a_path_walked_back_means_the_same() -> None:
    one, other = walk("<>", "office"), walk("<>", "office")
    (reason,) = reasons_of([((A, X, B), one), ((B, Y, A), other)])
    assert (reason.form, reason.through, reason.paths) == ("shared officer", (X, Y), (0, 1))


def test_links_side_by_side_give_a_path_each_of_their_meanings() -> None:
    steps = [[Step("holding", True), Step("money", False)], [Step("holding", True), Step("money", True)]]
    found = {reason.form: reason.through for reason in reasons_of([((A, X, B), steps)])}
    assert found == {"holding": (X,), "shared money": (X,)}


def test_what_binds_most_is_told_first() -> None:
    paths = [((A, B), along("trade")), ((A, B), along("kin")), ((A, B), along("holding"))]
    assert [reason.form for reason in reasons_of(paths)] == ["holding", "kin", "trade"]


def test_every_relation_of_the_model_means_something() -> None:
    walked = {kind.name for kind in RELATIONS if kind is not SAME_AS}
    assert set(FAMILY) == walked - {"RELATED_TO"}
    assert set(RELATED) == set(RELATIONSHIPS)
    assert {family_of("RELATED_TO", kind) for kind in RELATIONSHIPS} <= set(FORMS)


def test_every_form_is_named_in_both_languages() -> None:
    assert all(form.english.isascii() and not form.chinese.isascii() for form in FORMS.values())


def test_what_is_no_relation_between_parties_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        family_of("Profile")


def test_a_path_without_steps_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        reasons_of([((A,), [])])
