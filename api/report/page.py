"""Fills a template with an answer: one HTML file, nothing from another host, every name as text."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from api.answer import Answer, Source
from api.draw import style
from api.report.words import Words
from api.wording import remark

TEMPLATES = Path(__file__).parent / "templates"


class Numbered:
    """The sources of an answer, by number, and each by its fact."""

    def __init__(self, answer: Answer[Any]) -> None:
        self._sources = {source.fact_id: source for source in answer.sources}
        self._number = {fact: number for number, fact in enumerate(self._sources, start=1)}

    def source(self, fact: str) -> Source:
        """The source of a fact."""
        return self._sources[fact]

    def numbers(self, facts: Iterable[str]) -> list[int]:
        """Where facts stand in the list of sources."""
        return sorted({self._number[fact] for fact in facts if fact in self._number})

    def __iter__(self) -> Iterator[tuple[int, Source]]:
        return zip(self._number.values(), self._sources.values(), strict=True)


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def filled(template: str, answer: Answer[Any], words: Words, **shown: Any) -> str:
    """The whole page."""
    page: str = (
        _environment()
        .get_template(template)
        .render(
            answer=answer.answer,
            as_of=answer.as_of,
            snapshot=answer.snapshot.split()[0],
            words=words,
            cited=Numbered(answer),
            strokes=style.STROKES,
            font=style.FONT,
            style=(TEMPLATES / "style.css").read_text(encoding="utf-8"),
            remark=remark,
            **shown,
        )
    )
    return page
