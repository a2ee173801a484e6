"""The reader, and every rule that is shipped through it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.limits.catalogue import shipped
from analytics.limits.numerators import NUMERATORS
from analytics.rules.reading import named, read_folder, read_rule, read_text
from analytics.rules.rule import Among, Comparison, Flaw, Fraction, Norm, Words
from analytics.structure.dependence.rules import rule_sets
from analytics.structure.guarantees.period import law_of
from analytics.structure.guarantees.ratios import Figures, check_guarantees
from analytics.structure.kinship.kin import degrees
from analytics.structure.listed.rules import listed_rules
from analytics.structure.owners.regimes import regimes
from analytics.structure.owners.variants import variants
from graph.errors import InvalidQuestion, InvalidRule


@dataclass(frozen=True)
class Part:
    at: Fraction
    comparison: Comparison = ">="


@dataclass(frozen=True, kw_only=True)
class Sample(Norm):
    kind: Annotated[str, Among(("", "a", "b"))] = ""
    parts: tuple[Part, ...] = ()
    span: tuple[int, int] | None = None
    other: Part | None = field(default=None, metadata={"key": "else"})

    def flaws(self) -> Iterator[Flaw]:
        if self.kind == "b" and not self.parts:
            yield Flaw("parts", "is missing for this kind", "add one")


TEXT = """
id = "S"
name = { en = "sample", zh = "样例" }
citation = "a text"
verified = false
"""
ALL: Mapping[str, Norm] = {
    **shipped().rules, **NUMERATORS, **rule_sets(), **degrees(), **listed_rules(), **regimes(), **variants(),
    **{law.id: law for law in map(law_of, (date(2000, 1, 1), date(2024, 1, 1)))},
    **{finding.rule.id: finding.rule for finding in check_guarantees(Figures())},
}  # fmt: skip


@pytest.mark.parametrize("rule", ALL)
def test_every_rule_shipped_has_both_languages_a_citation_and_says_whether_it_was_read(rule: str) -> None:
    found = ALL[rule]
    assert found.name.en
    assert any("一" <= letter <= "鿿" for letter in found.name.zh)
    assert found.citation
    assert found.verified in (True, False)


def test_a_rule_is_read_with_all_it_says() -> None:
    text = TEXT + 'span = [2, 10]\nelse = { at = 1 }\n[[parts]]\nat = 0.5\ncomparison = ">"\n'
    rule = read_text(Sample, text, where="s.toml")
    assert (rule.name, rule.span, rule.other) == (Words("sample", "样例"), (2, 10), Part(1.0))
    assert rule.parts == (Part(0.5, ">"),)


@pytest.mark.parametrize(
    ("more", "where", "what"),
    [
        ('kind = "c"', "s.toml: kind", "none of its words"),
        ("kind = 3", "s.toml: kind", "a text"),
        ("extra = 3", "s.toml", "no field extra"),
        ("span = [2]", "s.toml: span", "2 values"),
        ("span = [2, 3.5]", "s.toml: span[2]", "a whole number"),
        ("span = 2", "s.toml: span", "a list"),
        ("else = 2", "s.toml: else", "fields of its own"),
        ("else = { at = 50 }", "s.toml: else.at", "at most 1"),
        ("else = { at = 0 }", "s.toml: else.at", "above 0"),
        ('else = { at = "0.5" }', "s.toml: else.at", "a number"),
        ("else = { at = true }", "s.toml: else.at", "a number"),
        ('[[parts]]\nat = 0.5\n[[parts]]\nat = 0.5\ncomparison = "="', "s.toml: parts[2].comparison", "none of"),
        ("[[parts]]", "s.toml: parts[1]", "lacks at"),
        ('in_force_to = "2020"', "s.toml: in_force_to", "a day"),
        ('kind = "b"', "s.toml: parts", "missing for this kind"),
        ("kind = ", "s.toml", "no TOML"),
    ],
)
def test_what_cannot_be_is_refused_by_file_and_field_with_a_way_to_mend_it(more: str, where: str, what: str) -> None:
    with pytest.raises(InvalidRule, match=what) as refused:
        read_text(Sample, TEXT + more, where="s.toml")
    assert refused.value.where == where
    assert refused.value.remedy


@pytest.mark.parametrize("line", TEXT.strip().splitlines())
def test_nothing_that_a_rule_must_say_may_be_left_out_or_empty(line: str) -> None:
    with pytest.raises(InvalidRule, match=f"lacks {line.split(' ', maxsplit=1)[0]}"):
        read_text(Sample, TEXT.replace(line, ""), where="s.toml")
    if line.endswith('"'):
        with pytest.raises(InvalidRule, match="an empty one"):
            read_text(Sample, TEXT.replace(line, f'{line.split(" ", maxsplit=1)[0]} = ""'), where="s.toml")


@given(st.dates(), st.dates() | st.none(), st.dates() | st.none())
def test_a_rule_is_in_force_from_its_first_day_to_the_day_before_its_end(
    day: date, first: date | None, end: date | None
) -> None:
    rule = Norm(id="S", name=Words("", ""), citation="", verified=True, in_force_from=first, in_force_to=end)
    assert rule.in_force(day) is not ((first is not None and day < first) or (end is not None and day >= end))


def test_two_files_may_not_have_one_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "twice" / "rules").mkdir(parents=True)
    (tmp_path / "twice" / "__init__.py").write_text("")
    for name in ("a.toml", "b.toml"):
        (tmp_path / "twice" / "rules" / name).write_text(TEXT, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InvalidRule, match="S is there already") as refused:
        read_folder(Sample, "twice", "rules")
    assert refused.value.where == "rules/b.toml: id"


def test_a_name_that_is_none_is_answered_with_those_there_are() -> None:
    with pytest.raises(InvalidQuestion) as refused:
        named({"A": 1, "B": 2}, "C", where="rule")
    assert refused.value.remedy == "name one of A, B"


def test_a_plain_record_is_read_too() -> None:
    assert read_rule(Part, {"at": 0.5}, where="p") == Part(0.5)
