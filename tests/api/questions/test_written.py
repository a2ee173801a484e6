"""Files that ask something are read as people save them."""

import codecs
import io
from pathlib import Path

import pytest

from api.questions.written import parsed_file
from graph.errors import UnreadableFile

TEXT = 'name = "甲公司违约，电机停产"\nfailed = ["甲示例有限公司"]\n'
ASKED = {"name": "甲公司违约，电机停产", "failed": ["甲示例有限公司"]}


@pytest.mark.parametrize(
    "written",
    [
        TEXT.encode(), codecs.BOM_UTF8 + TEXT.encode(), TEXT.encode("gb18030"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), codecs.BOM_UTF8 + b'{"failed": ["\\u7532"]}',
    ],
    ids=["UTF-8", "with a mark, as Windows writes it", "GB18030", "UTF-16", "JSON with a mark"],
)  # fmt: skip
def test_a_file_is_read_in_the_encodings_that_tables_are(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "冲击.toml"
    path.write_bytes(written)
    said, where = parsed_file(path, io.StringIO())
    assert said in (ASKED, {"failed": ["甲"]})
    assert where == str(path)


@pytest.mark.parametrize(
    "written", [b"\x89PNG\r\n\x1a\n\xff\xfe\x00", b"a = \xff\xff\xff"], ids=["a picture", "no text"]
)
def test_what_is_no_text_is_told(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(written)
    with pytest.raises(UnreadableFile, match="is no text"):
        parsed_file(path, io.StringIO())
