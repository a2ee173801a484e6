"""Fills a template with an answer: one HTML file, nothing from another host, every name as text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from api.answers.frame import Answer, Source
from api.answers.namesakes import bare_name
from api.answers.wording import remark
from api.draw import style
from api.report.picture import Picture
from api.report.words import Words

TEMPLATES = Path(__file__).parent / "templates"


class Numbered:
    """The sources that a page cites, numbered as they are first cited, and their remarks, by letter."""

    def __init__(self, answer: Answer[Any]) -> None:
        self._sources = {source.fact_id: source for source in answer.sources}
        self._number: dict[str, int] = {}
        self._letter: dict[str, str] = {}

    def source(self, fact: str) -> Source:
        """The source of a fact."""
        return self._sources[fact]

    def numbers(self, facts: Iterable[str]) -> list[int]:
        """Where facts stand in the list of sources."""
        cited = dict.fromkeys(fact for fact in facts if fact in self._sources)
        return sorted(self._number.setdefault(fact, len(self._number) + 1) for fact in cited)

    def letter(self, source: Source) -> str:
        """By which letter the remark of a source stands under the list; empty where it has none."""
        said = remark(source.note) if source.note else ""
        return self._letter.setdefault(said, _lettered(len(self._letter))) if said else ""

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """Every remark, once, behind its letter."""
        return [(letter, said) for said, letter in self._letter.items()]

    def __iter__(self) -> Iterator[tuple[int, Source]]:
        return iter([(number, self._sources[fact]) for fact, number in self._number.items()])


def _lettered(number: int) -> str:
    """Letters as the columns of a sheet have them.

    >>> _lettered(0), _lettered(25), _lettered(26)
    ('a', 'z', 'aa')
    """
    before, letter = divmod(number, 26)
    return (_lettered(before - 1) if before else "") + chr(ord("a") + letter)


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    made = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["bare_name"] = bare_name
    return made


@dataclass(frozen=True)
class Figure:
    """A picture with its title and what stands below it."""

    picture: Picture
    caption: Sequence[str]
    title: str


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
            **shown,
        )
    )
    return page
