"""Statements of a file one after another: an array, one a line, or objects in a row; never the whole file."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import UnreadableFile
from ingest.encoding import detect, lines, pieces
from ingest.json_text import once
from ingest.reasons import REMEDIES
from ingest.source import Rejected

LIMIT = 1 << 24
"""Bytes a statement may have."""
_SAMPLE = 50
_KEPT = 1 << 16
"""Characters kept of what cannot be read as JSON."""
_GAP = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Found:
    """One statement as it stands in its file."""

    place: str
    value: dict[str, Any]
    consumed: int
    """Bytes of the file read so far."""


def read_statements(path: Path, place: Callable[[int], str]) -> Iterator[Found | Rejected]:
    """Statements of a file; `place` names a line of it."""
    try:
        encoding, damaged = detect(path), False
    except UnreadableFile:
        with path.open("rb") as file:
            if file.read(_KEPT).lstrip()[:1] not in (b"[", b"{"):
                raise
        encoding, damaged = "utf-8", True
    found = _by_line(path, encoding, place) if _has_lines(path, encoding) else _Stream(path, encoding, place).run()
    return _undamaged(found) if damaged else found


def _undamaged(found: Iterator[Found | Rejected]) -> Iterator[Found | Rejected]:
    """Statements without the sign that stands for bytes that are no text."""
    for item in found:
        raw = json.dumps(item.value, ensure_ascii=False) if isinstance(item, Found) else ""
        if isinstance(item, Found) and "\ufffd" in raw:
            yield refuse(item.place, "wrong encoding", "some bytes of the statement are no UTF-8", raw)
        else:
            yield item


def refuse(place: str, reason: str, detail: str, raw: str) -> Rejected:
    """A rejected row with the remedy of its reason."""
    return Rejected(place, reason, detail, REMEDIES[reason], raw)


def _has_lines(path: Path, encoding: str) -> bool:
    """Whether one of the first lines is a whole statement."""
    for count, (line, _) in enumerate(lines(path, encoding, limit=LIMIT)):
        if line.lstrip()[:1] == b"[" or count > _SAMPLE:
            return False
        if line.lstrip().startswith(b"{") and isinstance(_parse(line), dict):
            return True
    return False


def _parse(raw: str | bytes) -> object:
    """The JSON value, or None where it is none."""
    try:
        return _DECODER.decode(raw.decode() if isinstance(raw, bytes) else raw)
    except (ValueError, RecursionError):
        return None


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(parse_constant=_constant, object_pairs_hook=once)


def _by_line(path: Path, encoding: str, place: Callable[[int], str]) -> Iterator[Found | Rejected]:
    for number, (line, consumed) in enumerate(lines(path, encoding, limit=LIMIT), 1):
        if not line.strip():
            continue
        shown = line[:_KEPT].decode(errors="replace")
        value = _parse(line) if len(line) <= LIMIT else None
        if isinstance(value, dict):
            yield Found(place(number), value, consumed)
        elif len(line) > LIMIT:
            yield refuse(place(number), "cell too large", f"more than {LIMIT} bytes in one statement", shown)
        elif value is not None:
            yield refuse(place(number), "not BODS", "a statement is a JSON object", shown)
        else:
            yield refuse(place(number), "not JSON", _where(shown), line.decode(errors="replace"))


def _where(shown: str) -> str:
    """Where and why a text is no JSON."""
    try:
        _DECODER.decode(shown)
    except (ValueError, RecursionError) as problem:
        return _told(problem)
    return "cut short"


def _told(problem: Exception, start: int = 0) -> str:
    """What is wrong with a statement, by its own characters: those of the text around it nobody sees."""
    if isinstance(problem, json.JSONDecodeError):
        return f"{problem.msg} at character {problem.pos - start + 1}"
    return str(problem)


class _Stream:
    """Objects in a row, within an array or not, over a window of the file."""

    def __init__(self, path: Path, encoding: str, place: Callable[[int], str]) -> None:
        self.place = place
        self.pieces = pieces(path, encoding)
        self.text, self.at, self.line, self.consumed = "", 0, 1, 0
        self.ended = self.cut = False
        self.margin: str | None = None
        """What stands before an object on its line, by which the next one is found after a broken one."""

    def run(self) -> Iterator[Found | Rejected]:
        self._skip(re.compile(r"\s*"))
        listed = self.text[self.at : self.at + 1] == "["
        self.at += listed
        while self._skip(_GAP) and self.text[self.at] != "]":
            start = self.at
            value, problem = self._decode()
            where = self.place(self.line)
            if isinstance(value, dict):
                self._keep_margin(start)
                yield Found(where, value, self.consumed)
            elif problem:
                yield self._broken(where, problem)
                continue
            else:
                yield refuse(where, "not BODS", "a statement is a JSON object", self.text[start : self.at][:_KEPT])
            self.line += self.text.count("\n", start, self.at)
        if self.at < len(self.text):
            self._rest()
        elif listed and not self.cut:
            yield refuse(self.place(self.line), "truncated JSON", "the list is not closed", "")

    def _rest(self) -> None:
        """Read past what follows the array, so that progress ends at the end."""
        for _, _, consumed in self.pieces:
            self.consumed = consumed
        self.ended = True

    def _more(self) -> bool:
        if self.ended:
            return False
        piece, _, self.consumed = next(self.pieces, (b"", False, self.consumed))
        self.ended = not piece
        self.text, self.at = self.text[self.at :] + piece.decode(), 0
        return not self.ended

    def _skip(self, gap: re.Pattern[str]) -> bool:
        """Step over what separates statements; whether something follows."""
        while True:
            match = gap.match(self.text, self.at)
            end = match.end() if match else self.at
            self.line += self.text.count("\n", self.at, end)
            self.at = end
            if self.at < len(self.text):
                return True
            if not self._more():
                return False

    def _decode(self) -> tuple[object, str]:
        """The next value, or why there is none."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as problem:
                short, told = len(self.text) - self.at <= LIMIT, _told(problem, self.at)
                if short and not isinstance(problem, RecursionError) and self._more():
                    continue
                return None, told if self.text[self.at :].strip() else "nothing follows"
            self.at = end
            return value, ""

    def _keep_margin(self, start: int) -> None:
        if self.margin is None:
            before = self.text[:start].rpartition("\n")[2]
            self.margin = f"\n{before}{{" if not before.strip() else ""

    def _broken(self, where: str, problem: str) -> Rejected:
        """Refuse up to the next object that begins as the first one did, or to the end."""
        start = self.at
        found = self.text.find(self.margin, start + 1) if self.margin else -1
        end = found if found >= 0 else len(self.text)
        raw = self.text[start:end]
        self.line += raw.count("\n")
        self.at = end
        if found < 0:
            self._rest()
            self.cut = True
        reason = "truncated JSON" if found < 0 else "not JSON"
        return refuse(where, reason, problem, raw[:LIMIT])
