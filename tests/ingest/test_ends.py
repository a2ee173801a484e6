"""Which parties a table names: by whose number, of which kind, and how two of them are related."""

import re
from pathlib import Path

import pytest

from graph.identifiers import keyed_hash
from graph.model import RELATED_TO
from ingest.ends import End
from ingest.guesses import Guess
from ingest.inspect import look
from ingest.source import Rejected
from ingest.starting import starting_mapping
from ingest.tables import Tables
from tests.ingest.test_inspect import filled

# The specimen of GB 11643-1999 and another number of its form.
PAPERS = ("11010519491231002X", "110105194912310038")
KEY = b"a workspace's secret"
README = Path(__file__).parents[2] / "README.md"


def seen(folder: Path, text: str) -> tuple[Guess, str]:
    """What a table is taken for, and the mapping to start from."""
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return (one := look(path)).guess, starting_mapping([one])


def ids(guess: Guess) -> list[str | None]:
    return [end.id if end else None for end in guess.ends]


def party(guess: Guess, number: int) -> End:
    end = guess.ends[number]
    assert end
    return end


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("姓名,身份证号,任职企业,职务", "张伟,{},甲公司,董事", ("身份证号", "姓名")),
        ("身份证号码,姓名,任职企业,职务", "{},张伟,甲公司,董事", ("身份证号码", "姓名")),
        ("担保人,居民身份证号,被担保企业,担保金额", "张伟,{},甲公司,5", ("居民身份证号", "担保人")),
    ],
)
def test_namesakes_are_told_apart_by_the_numbers_of_their_papers(
    tmp_path: Path, header: str, row: str, expected: tuple[str, str]
) -> None:
    guess, written = seen(tmp_path, "\n".join((header, *map(row.format, PAPERS), "")))
    end = party(guess, 0)
    assert (end.id, end.title, end.kind, end.document) == (*expected, "Person", True)
    assert f'identifier.CN-RIC = "{end.id}"' in written
    assert "not used" not in written
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(filled(written), encoding="utf-8")
    source = Tables()
    delivery = source.delivery((tmp_path / "t.csv",), {"mapping": str(mapping), "hash_key": KEY.hex()})
    read = [item for item in source.read(delivery) if not isinstance(item, Rejected)]
    facts = [one for item in read if item.kind and item.kind.is_relation for one in item.rows["from"].to_pylist()]
    assert facts == [f"登记:{keyed_hash(number, KEY)}" for number in PAPERS]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("姓名,身份证号,亲属姓名,身份证号码,关系\n甲某,{},乙某,{},配偶\n", ["身份证号", "身份证号码"]),
        ("担保人,被担保人,证件号码,担保金额\n甲某,乙某,{},5\n", ["担保人", "证件号码"]),
        # Whose papers these are is said, and it is neither party; a company has none.
        ("股东名称,企业编号,持股比例,法定代表人身份证号\n甲某,C1,50%,{}\n", ["股东名称", "企业编号"]),
        ("股东企业,证件号码,企业编号,持股比例\n甲公司,{},C1,50%\n", ["股东企业", "企业编号"]),
        ("企业名称,法定代表人姓名,法定代表人身份证号,注册资本\n甲公司,乙某,{},5\n", ["企业名称"]),
        ("姓名,身份证号,出生日期\n甲某,{},1949-12-31\n", ["身份证号"]),
        # A number of its own goes before that of its papers; what kind of papers they are is no number.
        ("人员编号,姓名,身份证号,任职企业,职务\n1,甲某,{},甲公司,董事\n", ["人员编号", "任职企业"]),
        ("股东名称,证件类型,企业名称,持股比例\n甲某,护照,甲公司,50%\n", ["股东名称", "企业名称"]),
        # Papers that nobody filled in tell nobody apart.
        ("姓名,身份证号,任职企业,职务\n甲某,,甲公司,董事\n", ["姓名", "任职企业"]),
    ],
)
def test_papers_belong_to_the_person_they_stand_behind(tmp_path: Path, text: str, expected: list[str]) -> None:
    guess, _ = seen(tmp_path, text.format(*PAPERS))
    assert ids(guess) == expected


@pytest.mark.parametrize(
    "text",
    [
        "供应商编号,采购商编号,产品,年供货额(万元),币种\nS,V,材料,3500,CNY\n",
        "供应商编号,采购商编号,产品,年供货额(万元),币种\nX,V,P,3500,CNY\n",
        "供应商编号,采购商编号,客户经理编号,年供货额(万元),币种\nX,V,C,3500,CNY\n",
    ],
)
def test_a_number_or_a_letter_is_no_kind_of_party(tmp_path: Path, text: str) -> None:
    guess, written = seen(tmp_path, text)
    assert (ids(guess), party(guess, 1).kind) == (["供应商编号", "采购商编号"], "")
    assert 'id = "采购商编号"\nkind = "???' in written


def test_a_letter_under_a_kind_is_one(tmp_path: Path) -> None:
    guess, _ = seen(tmp_path, "供应商编号,采购商编号,主体类型,年供货额\nX,V,P,35\nY,V,C,35\n")
    assert "主体类型" in [end.kind for end in guess.ends if end]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("关联方甲编号,关联方乙编号,关系类型", ("关联方甲编号", "关联方乙编号", "关系类型")),
        ("甲方编号,乙方编号,关系", ("甲方编号", "乙方编号", "关系")),
        ("主体甲,主体乙,关联类型", ("主体甲", "主体乙", "关联类型")),
        ("主体1,主体2,关联类型", ("主体1", "主体2", "关联类型")),
        ("一致行动人甲,一致行动人乙,起始日期", ("一致行动人甲", "一致行动人乙", "")),
        ("关联方编号,对方编号,关系", ("关联方编号", "对方编号", "关系")),
        ("企业编号,关联方编号,关联关系", ("企业编号", "关联方编号", "关联关系")),
        ("关联企业编号,企业编号,关联类型", ("企业编号", "关联企业编号", "关联类型")),
        ("股东名称,一致行动人名称,关系", ("股东名称", "一致行动人名称", "关系")),
        ("姓名,亲属姓名,亲属关系", ("姓名", "亲属姓名", "亲属关系")),
        ("party_a_id,party_b_id,relationship", ("party_a_id", "party_b_id", "relationship")),
        ("company_id,related_company_id,relation_type", ("company_id", "related_company_id", "relation_type")),
        ("party_id,counterparty_id,relation", ("party_id", "counterparty_id", "relation")),
    ],
)
def test_two_parties_that_are_related_are_recognised(
    tmp_path: Path, header: str, expected: tuple[str, str, str]
) -> None:
    guess, written = seen(tmp_path, f"{header}\nA,B,{'2021-01-01' if '日期' in header else '配偶'}\n")
    assert guess.kind == RELATED_TO.name
    said = guess.fields.get("kind")
    assert (*ids(guess), said.column if said else "") == expected
    asked = 'fields.kind = { constant = "??? how, one of: spouse, kin, concert'
    assert (asked in written) == (not said)


@pytest.mark.parametrize(
    "text",
    [
        "企业编号,企业名称,是否关联方\nA,甲公司,是\n",
        "企业编号,企业名称,关联企业数量\nA,甲公司,5\n",
        "关联方编号,关联方名称,企业类型\nA,甲公司,企业法人\n",
        "甲方,乙方,合同金额,是否关联交易\n甲公司,乙公司,100,否\n",
        "客户编号,客户名称,客户关系经理\nA,甲公司,张三\n",
    ],
)
def test_a_list_that_only_speaks_of_relations_is_a_list(tmp_path: Path, text: str) -> None:
    assert seen(tmp_path, text)[0].kind == "Profile"


def test_a_party_is_known_by_a_column_that_says_something(tmp_path: Path) -> None:
    text = "股东名称,统一社会信用代码,被投资企业,持股比例\n甲,,丙公司,50%\n乙,,丁公司,50%\n"
    guess, written = seen(tmp_path, text)
    assert ids(guess) == ["股东名称", "被投资企业"]
    assert "# not used: 统一社会信用代码" in written
    assert ids(seen(tmp_path, text.replace("甲,,", "甲,91350100M000100Y43,"))[0]) == ["股东名称", "统一社会信用代码"]


def test_where_no_column_says_who_it_is_the_line_is_marked(tmp_path: Path) -> None:
    _, written = seen(tmp_path, "股东编号,企业编号,持股比例\n甲,,50%\n")
    assert 'id = "??? no row says anything under 企业编号: the column with the number of this party"' in written
    assert 'id = "股东编号"' in written


def test_a_lender_whom_no_row_names_is_asked_for_once(tmp_path: Path) -> None:
    guess, written = seen(tmp_path, "贷款行,借款人编号,授信编号,贷款余额\n,C1,F1,30\n")
    assert ids(guess) == [None, "借款人编号"]
    assert 'lender = "???' in written
    assert 'from = "lender"' in written


def test_the_relation_that_the_readme_shows_loads(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(\[\[table\]\].*?)```", README.read_text(encoding="utf-8"), re.S)
    (shown,) = [block for block in blocks if "RELATED_TO" in block]
    table, mapping = tmp_path / "关联关系.csv", tmp_path / "mapping.toml"
    rows = "A,B,一致行动,2021-01-01\nA,C,同一控制人,2022-01-01\nA,D,同地址,2022-01-01\n"
    table.write_text(f"关联方甲编号,关联方乙编号,关系类型,起始日期\n{rows}", encoding="utf-8")
    mapping.write_text(f'[source]\nname = "登记"\ndelivery = "full"\n\n{shown}', encoding="utf-8")
    source = Tables()
    read = list(source.read(source.delivery((table,), {"mapping": str(mapping)})))
    facts = [
        (row["from"], row["to"], row["kind"], str(row["valid_from"])[:10])
        for item in read
        if not isinstance(item, Rejected) and item.kind is RELATED_TO
        for row in item.rows.to_pylist()
    ]
    assert facts == [
        ("登记:A", "登记:B", "concert", "2021-01-01"),
        ("登记:A", "登记:C", "other", "2022-01-01"),
        ("登记:A", "登记:D", "address", "2022-01-01"),
    ]
