"""The printed report: what its file holds, read without the library that wrote it."""

import re
import shutil
import socket
import zlib
from pathlib import Path

import pytest

from api.engine import Engine
from api.questions import links
from api.report import as_pdf, linkage_page
from graph.errors import NotInstalled
from tests.api.conftest import MINE, NAMES, RING2


def streams(data: bytes) -> bytes:
    """All streams of a PDF, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
    unpacked = []
    for one in packed:
        try:
            unpacked.append(zlib.decompressobj().decompress(one))
        except zlib.error:
            unpacked.append(one)
    return b"\n".join(unpacked)


def characters(text: bytes) -> set[str]:
    """Characters that the fonts of a PDF say their glyphs stand for."""
    pairs = re.findall(rb"<[0-9a-fA-F]+>\s*<([0-9a-fA-F]{4,})>", text)
    return set(
        "".join(bytes.fromhex(one.decode()).decode("utf-16-be", "replace") for one in pairs if len(one) % 4 == 0)
    )


@pytest.fixture(scope="module")
def printed(engine: Engine) -> bytes:
    pytest.importorskip("weasyprint.text.ffi", exc_type=OSError, reason="apt-get install libpangoft2-1.0-0")
    page = linkage_page(links(engine, [MINE, RING2], moment=engine.moment()), language="zh")
    try:
        return as_pdf(page)
    except NotInstalled as missing:
        pytest.skip(f"{missing}: {missing.remedy}")


def test_it_is_a_pdf_of_several_pages(printed: bytes) -> None:
    assert printed.startswith(b"%PDF-")
    assert printed.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed + streams(printed))) >= 3


def test_its_fonts_have_every_character_of_the_names(printed: bytes) -> None:
    told = characters(streams(printed))
    assert set(NAMES[MINE] + NAMES[RING2] + "关联关系报告") <= told


def test_what_a_page_names_is_not_fetched() -> None:
    pytest.importorskip("weasyprint.text.ffi", exc_type=OSError, reason="apt-get install libpangoft2-1.0-0")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        assert as_pdf(f"<p>a</p><img src='http://127.0.0.1:{port}/x.png'>").startswith(b"%PDF-")
        with pytest.raises(TimeoutError):
            listener.accept()


def test_where_no_font_has_chinese_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if shutil.which("fc-list") is None:
        pytest.skip("no fc-list here: apt-get install fontconfig")
    bare = tmp_path / "fonts.conf"
    bare.write_text("<fontconfig></fontconfig>", encoding="ascii")
    monkeypatch.setenv("FONTCONFIG_FILE", str(bare))
    with pytest.raises(NotInstalled, match="Chinese") as missing:
        as_pdf("<p>澜汀</p>")
    assert "fonts-noto-cjk" in missing.value.remedy
