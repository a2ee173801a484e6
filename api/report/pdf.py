"""The page as PDF, through WeasyPrint; what it needs of the system is named where it is not there."""

import re
import shutil
import subprocess
from typing import Any, Final

from graph.errors import NotInstalled

CHINESE: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def as_pdf(page: str) -> bytes:
    """Print a page. Raises NotInstalled where Pango, or a font for its Chinese, is missing."""
    return bytes(_printer(page).write_pdf())


def _printer(page: str) -> Any:
    if CHINESE.search(page):
        _must_have_chinese()
    try:
        # A second, and the system's Pango, that only a PDF needs.
        from weasyprint import HTML  # noqa: PLC0415
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except OSError as problem:
        raise NotInstalled(
            "Pango is not installed, and a PDF needs it",
            where=str(problem).split("\n", 1)[0],
            remedy="apt-get install libpango-1.0-0 libpangoft2-1.0-0, or write the report as .html",
        ) from problem
    # A report holds all it needs: of no protocol is anything fetched.
    return HTML(string=page, base_url=None, url_fetcher=URLFetcher(allowed_protocols=()))


def _must_have_chinese() -> None:
    """Raise NotInstalled where no font has Chinese characters; boxes in their place are no report."""
    lists = shutil.which("fc-list")
    if lists is None:
        return
    found = subprocess.run([lists, ":lang=zh", "family"], capture_output=True, check=False, timeout=60)  # noqa: S603
    if not found.stdout.strip():
        raise NotInstalled(
            "no font here has Chinese characters, and the report has some",
            where="fc-list :lang=zh",
            remedy="apt-get install fonts-noto-cjk, or write the report as .html and print it where there is one",
        )
