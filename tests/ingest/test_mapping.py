from pathlib import Path

import pytest

from graph.errors import InvalidCurrency, InvalidMapping
from ingest.mapping import read_mapping

GOOD = """
[source]
name = "示例登记"

[[table]]
file = "a.csv"

[[table.party]]
as = "holder"
id = "股东编号"
kind = { column = "类型", map = { "自然人" = "Person" } }
profile.registered_capital = { column = "注册资本", unit = "万元" }

[[table.party]]
as = "company"
id = ["地区", "编号"]
kind = "Company"

[[table.fact]]
kind = "OWNS"
from = "holder"
to = "company"
share = { column = "持股比例", unit = "%" }
directness = { constant = "direct" }
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(tmp_path: Path, text: str) -> InvalidMapping:
    with pytest.raises(InvalidMapping) as caught:
        read_mapping(write(tmp_path, text))
    return caught.value


def test_a_mapping_is_read_whole(tmp_path: Path) -> None:
    plan = read_mapping(write(tmp_path, GOOD))
    (table,) = plan.tables
    assert (plan.name, plan.mode, plan.confidence) == ("示例登记", "changes", 1.0)
    assert table.parties[1].id.columns == ("地区", "编号")
    assert table.facts[0].values["share"].unit == "%"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('to = "company"', 'to = "firm"', 22, "firm"),
        ('unit = "%"', 'unit = "furlong"', 23, "furlong"),
        ('"自然人" = "Person"', '"自然人" = "Human being"', 11, "unknown word"),
        ('constant = "direct"', 'constant = "sideways"', 24, "unknown word"),
        ('kind = "OWNS"', 'kind = "OWN"', 20, "OWN"),
        ("share = {", "shares = {", 23, "shares"),
        ('kind = "Company"', "kind = 3", 17, "3"),
        ('as = "company"', 'as = "holder"', 5, "holder"),
        ('name = "示例登记"', 'name = "a:b"', 3, "colon"),
        ("profile.registered_capital", "profile.capital", 12, "capital"),
        ('id = ["地区", "编号"]', "id = []", 16, "id"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_remedy(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    problem = refused(tmp_path, GOOD.replace(old, new))
    assert says in problem.what
    assert problem.where.endswith(f"line {line}")
    assert problem.remedy


def test_a_near_word_is_proposed(tmp_path: Path) -> None:
    assert "did you mean share?" in refused(tmp_path, GOOD.replace("share = {", "shares = {")).remedy


def test_a_required_line_must_be_filled_in(tmp_path: Path) -> None:
    problem = refused(tmp_path, GOOD.replace('name = "示例登记"', 'name = "??? name of the register"'))
    assert "name must be filled in" in str(problem)
    assert problem.where.endswith("line 3")


def test_a_required_line_the_command_fills_need_not_be_written(tmp_path: Path) -> None:
    text = GOOD.replace("\n[[table]]", 'currency = "??? ISO 4217"\n\n[[table]]', 1)
    assert read_mapping(write(tmp_path, text), {"currency": "CNY"}).currency == "CNY"
    assert "currency" in str(refused(tmp_path, text))


def test_an_unknown_currency_is_refused_wherever_it_is_said_and_whether_or_not_an_amount_is_mapped(
    tmp_path: Path,
) -> None:
    for text in (GOOD, GOOD.replace("profile.registered_capital", "# profile.registered_capital")):
        with pytest.raises(InvalidCurrency) as set_:
            read_mapping(write(tmp_path, text), {"currency": "RMB"})
        with pytest.raises(InvalidCurrency) as written:
            read_mapping(write(tmp_path, text.replace("\n\n[[table]]", '\ncurrency = "RMB"\n\n[[table]]', 1)))
        assert set_.value.what == written.value.what == "'RMB' is no currency"
        assert (set_.value.where, written.value.where.endswith("line 4")) == ("currency", True)
        assert "ISO 4217" in set_.value.remedy


def test_a_fact_needs_what_the_model_requires(tmp_path: Path) -> None:
    text = GOOD.replace('kind = "OWNS"', 'kind = "CONTROLS"').replace(
        'share = { column = "持股比例", unit = "%" }\n', ""
    )
    assert "basis" in str(refused(tmp_path, text))


@pytest.mark.parametrize("text", ["", "[source]\nname = 'x'", "[source\n", "\x00", 'name = "x"\n[[table]]'])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).remedy


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidMapping):
        read_mapping(tmp_path / "none.toml")


def test_a_kind_field_of_a_fact_stands_under_fields(tmp_path: Path) -> None:
    text = GOOD.replace('kind = "OWNS"', 'kind = "RELATED_TO"\nfields.kind = "关系"')
    text = text[: text.index("share = {")]
    assert read_mapping(write(tmp_path, text)).tables[0].facts[0].values["kind"].columns == ("关系",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "股东编号"', 'id = { party = "company" }'),
        ('kind = "Company"', 'kind = { party = "holder" }'),
        ('{ column = "持股比例", unit = "%" }', '{ party = "holder" }'),
        ('{ constant = "direct" }', '{ party = "holder" }\nnote = { party = "holder" }'),
        ("profile.registered_capital", 'profile.name = { party = "company" }\nprofile.registered_capital'),
        ('kind = "Company"', 'kind = "Company"\nidentifier.CN-USCC = { party = "holder" }'),
        ('file = "a.csv"', 'file = "a.csv"\nstated = { party = "holder" }'),
    ],
)
def test_a_party_stands_only_where_the_id_of_one_is_meant(tmp_path: Path, old: str, new: str) -> None:
    assert old in GOOD
    problem = refused(tmp_path, GOOD.replace(old, new))
    assert "is no party" in problem.what
    assert problem.remedy


@pytest.mark.parametrize(("named", "says"), [("holder", ""), ("firm", "firm"), ("", "found ''")])
def test_a_creditor_is_a_party_of_the_table(tmp_path: Path, named: str, says: str) -> None:
    text = GOOD[: GOOD.index("share = {")].replace("OWNS", "GUARANTEES") + f'creditor = {{ party = "{named}" }}\n'
    if says:
        assert says in refused(tmp_path, text).what
    else:
        assert read_mapping(write(tmp_path, text)).tables[0].facts[0].values["creditor"].party == named
