import codecs
from pathlib import Path

import pytest

from graph.errors import InvalidMapping, UnreadableFile
from ingest.encoding import detect, known, lines, pieces

TEXT = "编号,名称,金额\n1,示例电缆有限公司,100万元\n2,测试港务集团,250万元\n"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_found_and_the_text_comes_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXT.encode(name))
    read = b"".join(piece for piece, _, _ in pieces(path, detect(path)))
    assert read.decode() == TEXT


TRADITIONAL = "編號,名稱,金額,備註\n1,範例電纜股份有限公司,一百萬元,關係企業往來\n2,試驗港務集團,二百五十萬元,無擔保\n"


@pytest.mark.parametrize("name", ["utf-8", "big5", "big5hkscs", "gb18030", "gbk"])
def test_traditional_chinese_is_told_from_simplified(tmp_path: Path, name: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TRADITIONAL.encode(name))
    read = b"".join(piece for piece, _, _ in pieces(path, detect(path)))
    assert read.decode() == TRADITIONAL


@pytest.mark.parametrize("text", ["銀行", "台灣大電纜公司", "示例銀行", "甲公司", "長江實業集團有限公司"])
def test_few_characters_are_enough(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"id,name\n1,{text}\n".encode("big5"))
    assert detect(path) == "big5hkscs"


@pytest.mark.parametrize("text", ["银行", "电缆", "示例银行", "甲公司", "长江实业集团有限公司", "关系（一）、二〇二四"])
def test_few_simplified_characters_are_enough(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"id,name\n1,{text}\n".encode("gb18030"))
    assert detect(path) == "gb18030"


def test_chinese_far_behind_ascii_is_still_found(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,name\n" * 400_000 + TEXT.encode("gb18030"))
    assert detect(path) == "gb18030"


def test_plain_ascii_is_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n")
    assert detect(path) == "utf-8"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n \n",
        codecs.BOM_UTF8,
        "Société,b\nétat,1\nmère,2\n".encode("cp1252"),
        "a,b\n25 °C,£100\n26 °C,£20A\n27 °C,£A\nÄrger,±x\n".encode("cp1252"),
        "a,b\n10 m³A,20 m²B\n±Ä,1\n".encode("cp1252"),
        b"PK\x03\x04zip",
        b"\x1f\x8bgz",
        b"\xd0\xcf\x11\xe0old",
    ],
)
def test_what_is_no_text_is_refused_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        detect(path)
    assert caught.value.remedy
    assert caught.value.where == str(path)


@pytest.mark.parametrize("name", ["latin-99", "rot13", "base64", ""])
def test_only_text_encodings_can_be_named(name: str) -> None:
    with pytest.raises(InvalidMapping):
        known(name, where="mapping")


def test_a_character_cut_by_two_pieces_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    text = "a" + "中" * 1_000_000
    path.write_bytes(text.encode("gb18030"))
    assert b"".join(piece for piece, _, _ in pieces(path, "gb18030")).decode() == text


def test_of_a_long_line_only_the_beginning_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"x" * 5_000_000 + b"\r\nshort\r\n")
    assert [line for line, _ in lines(path, "utf-8", limit=100)] == [b"x" * 101, b"short"]


def test_one_line_of_another_encoding_is_a_bad_row_and_not_a_bad_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    plain = [f"{number},Sample {number} Ltd" for number in range(60)]
    path.write_bytes(
        "\n".join(["id,name", *plain[:30]]).encode() + b"\n90,Caf\xe9 Ltd\n" + "\n".join(plain[30:]).encode()
    )
    assert detect(path) == "utf-8"
    path.write_bytes("\n".join(["id,name", *(f"{row}, Café" for row in plain)]).encode("cp1252"))
    with pytest.raises(UnreadableFile, match="neither UTF-8"):
        detect(path)
