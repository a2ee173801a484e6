"""The supervisor's table of a lender's book as a workbook: large exposures, groups, breaches, rules, sources.

Heads stand in both languages. What data says is text and never a formula, whatever sign it begins with.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from analytics.limits.denominators import DENOMINATORS
from api.answers.frame import Answer, Source
from api.answers.namesakes import bare_name, distinguished
from api.answers.wording import listed, names_of
from api.engine import Engine
from api.printing.paper import plain
from api.questions.book.findings import LimitFinding, called
from api.questions.book.groups import BookGroups, ClientGroup, book_groups
from api.questions.book.limits import BookLimits, whole_limits
from api.questions.groups.dependences import readings_said
from api.questions.groups.members import Member, why, why_zh
from graph.moment import Moment

AMOUNT, SHARE, COUNT = "#,##0.00", "0.00%", "#,##0"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""Signs by which a program may take a text for a formula."""
MOST_GROUPS = 200
"""Groups of a workbook, those that owe most."""
YES = {True: "是 yes", False: "否 no"}

Column = tuple[str, str, int]
"""Head in both languages, number format (empty: text), width."""

LARGE: Final[tuple[Column, ...]] = (
    ("序号 No.", COUNT, 7),
    ("客户或集团 Client or group", "", 34),
    ("标识 Id", "", 30),
    ("类别 Kind", "", 12),
    ("成员数 Members", COUNT, 10),
    ("其中客户数 Of them clients", COUNT, 10),
    ("缓释前风险暴露 Exposure before mitigation", AMOUNT, 22),
    ("合格缓释 Eligible mitigation", AMOUNT, 20),
    ("作为保护提供者承接 Taken over as protection provider", AMOUNT, 22),
    ("风险暴露 Exposure", AMOUNT, 22),
    ("占资本比例 Share of capital", SHARE, 13),
    ("口径 Reading", "", 26),
    ("其中确定 Of it certain", AMOUNT, 22),
    ("规则 Rule", "", 20),
    ("金额未知笔数 Facilities of unknown amount", COUNT, 14),
)
BREACHES: Final[tuple[Column, ...]] = (
    ("序号 No.", COUNT, 7),
    ("状态 State", "", 16),
    ("规则 Rule", "", 24),
    ("客户或集团 Client or group", "", 34),
    ("标识 Id", "", 30),
    ("类别 Kind", "", 18),
    ("成员数 Members", COUNT, 10),
    ("其中客户数 Of them clients", COUNT, 10),
    ("风险暴露 Exposure", AMOUNT, 22),
    ("限额 Limit", AMOUNT, 22),
    ("占用 Use", SHARE, 11),
    ("占资本比例 Share of capital", SHARE, 13),
    ("最紧约束 Binding", "", 11),
    ("口径 Reading", "", 26),
    ("其中确定 Of it certain", AMOUNT, 22),
    ("金额未知笔数 Facilities of unknown amount", COUNT, 14),
    ("主要授信及承接的担保 Largest facilities, guarantees taken over", "", 60),
)
GROUPS: Final[tuple[Column, ...]] = (
    ("集团 Group", COUNT, 8),
    ("核心 Top", "", 34),
    ("依据 Basis", "", 24),
    ("口径 Reading", "", 26),
    ("成员数 Members", COUNT, 10),
    ("其中客户数 Of them clients", COUNT, 10),
    ("集团余额 Owed by the group", AMOUNT, 22),
    ("客户 Client", "", 34),
    ("标识 Id", "", 30),
    ("客户余额 Owed by the client", AMOUNT, 22),
    ("金额未知笔数 Facilities of unknown amount", COUNT, 14),
    ("加入方式 How it came in", "", 80),
)
POSSIBLE: Final[tuple[Column, ...]] = (
    ("序号 No.", COUNT, 7),
    ("规则 Rule", "", 24),
    ("客户 Client", "", 34),
    ("标识 Id", "", 30),
    ("与其合并者 Counted with", "", 60),
    ("其他客户数 Other clients", COUNT, 10),
    ("合并暴露 Exposure together", AMOUNT, 22),
    ("限额 Limit", AMOUNT, 22),
    ("占用 Use", SHARE, 11),
)
RULES: Final[tuple[Column, ...]] = (
    ("规则 Rule", "", 24),
    ("名称", "", 34),
    ("Name", "", 40),
    ("分子 Counts", "", 50),
    ("分母 Against", "", 24),
    ("资本数额 Figure", AMOUNT, 22),
    ("数据日期 Its day", "yyyy-mm-dd", 12),
    ("比例 Ratio", SHARE, 9),
    ("比较 Broken", "", 9),
    ("限额 Limit", AMOUNT, 22),
    ("检验数 Measured", COUNT, 11),
    ("超限 Breaches", COUNT, 11),
    ("接近 Near", COUNT, 9),
    ("大额 Large", COUNT, 9),
    ("无法判定 Untold", COUNT, 11),
    ("最大占用 Greatest use", SHARE, 11),
    ("结论 State", "", 12),
    ("出处 Citation", "", 60),
    ("已核对 Read in its text", "", 12),
)
SOURCES: Final[tuple[Column, ...]] = (
    ("事实 Fact", "", 38),
    ("类型 Kind", "", 14),
    ("来源 Source", "", 16),
    ("记录 Its record", "", 44),
    ("生效 From", "yyyy-mm-dd", 12),
    ("失效 To", "yyyy-mm-dd", 12),
    ("记录时刻 Recorded", "yyyy-mm-dd hh:mm", 18),
    ("可信度 Trust", "0%", 9),
)
STATES: Final = {"breach": "超限 breach", "near": "接近限额 near", "refer": "待判 refer", "within": "限额之内 within"}
BASIS: Final = {
    "control": "控制 control",
    "control and dependence": "控制及经济依存 control and dependence",
    "group client": "集团客户 group client",
}
WHOM: Final = {
    "client": "单一客户 client",
    "group": "集团 group",
    "related parties": "全部关联方 all related parties",
    "anonymous clients": "匿名客户 anonymous clients",
}


def limits_workbook(engine: Engine, lender: str, *, near: float, state: str, moment: Moment) -> bytes:
    """The workbook of a lender, of all there is to find."""
    made = BytesIO()
    limits = whole_limits(engine, lender, near=near, state=state, moment=moment)
    write_limits(made, limits, book_groups(engine, lender, limit=MOST_GROUPS, moment=moment))
    return made.getvalue()


def write_limits(path: Path | BytesIO, limits: Answer[BookLimits], groups: Answer[BookGroups]) -> None:
    """Write the workbook of a lender: its limits, and the groups that owe most; an id beside names of several."""
    told, clients = distinguished((limits.answer, groups.answer))
    findings = told.findings
    book = Workbook(write_only=True)
    _sheet(book, "大额风险暴露 Large", LARGE, _large(findings))
    _sheet(book, "集团与成员 Groups", GROUPS, _groups(clients))
    _sheet(book, "超限与接近 Breaches", BREACHES, _breaches(findings, told.currency))
    _sheet(book, "若成立 If it held", POSSIBLE, _possible(told))
    _sheet(book, "规则 Rules", RULES, _rules(told))
    sources = {source.fact_id: source for source in (*limits.sources, *groups.sources)}
    _sheet(book, "说明与来源 Sources", SOURCES, _sources(sources.values()), before=_about(limits, groups))
    book.save(path)


def _sheet(
    book: Workbook,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    before: Iterable[Sequence[str]] = (),
) -> None:
    sheet = book.create_sheet(title)
    for number, (_, _, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    above = 0
    for pair in before:
        sheet.append([_cell(sheet, text, "") for text in pair])
        above += 1
    if above:
        sheet.append([])
        above += 1
    else:
        sheet.freeze_panes = "A2"
    sheet.append([_head(sheet, name) for name, _, _ in columns])
    for row in rows:
        sheet.append([_cell(sheet, value, form) for value, (_, form, _) in zip(row, columns, strict=True)])


def _head(sheet: WriteOnlyWorksheet, name: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, name)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", start_color="FFE8EEF4")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Any, form: str) -> WriteOnlyCell:
    """One value; a text stays text, also where a program would take it for a formula."""
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)  # the file format knows no zone; the head says UTC
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = form or "General"
        return cell
    cell = WriteOnlyCell(sheet, "")
    cell.value = plain(value) or None
    if cell.value is not None:
        cell.data_type = "s"
        cell.quotePrefix = str(value).startswith(FORMULA)
        cell.alignment = Alignment(vertical="top", wrap_text=len(value) > 60)
    return cell


def _reading(certain: bool, *, partly: bool = False) -> str:
    if certain and partly:
        return "部分确定 certain in part"
    return "确定 certain" if certain else "仅计可能或疑似 only possible or suspected"


def _reading_of(one: LimitFinding) -> tuple[str, float]:
    """Whether a finding is certain, and what of it is."""
    return _reading(one.certain, partly=one.certain_exposure < one.exposure), one.certain_exposure


def _large(findings: Sequence[LimitFinding]) -> Iterator[Sequence[Any]]:
    for number, one in enumerate((one for one in findings if one.state == "large"), start=1):
        yield (
            number, _name(one), called(one).id, WHOM[one.whom], one.size, one.clients, one.gross,
            one.protected, one.taken_over, one.exposure, one.of_capital, *_reading_of(one), one.rule, one.unknown,
        )  # fmt: skip


def _name(one: LimitFinding) -> str:
    """A client, or a group by who is on top of it and the members that have most at stake."""
    if one.whom == "client":
        return bare_name(one.top)
    members = listed(names_of(one.members), max(one.size, one.page.total), most=3, chinese=True)
    named = f"{one.controller.name} 集团 group: {members}" if one.controller else members
    return f"{named}{one.apart.zh}{one.apart.en}"


def _breaches(findings: Sequence[LimitFinding], currency: str | None) -> Iterator[Sequence[Any]]:
    for number, one in enumerate((one for one in findings if one.state != "large"), start=1):
        largest = "; ".join(f"{fact.head.name}: {fact.text}" for fact in (*one.facilities, *one.guarantees))
        yield (
            number, f"{one.chinese} {one.state}", one.rule, _name(one), called(one).id, WHOM[one.whom], one.size,
            one.clients, one.exposure, one.limit, one.use, one.of_capital, YES[one.binding], *_reading_of(one),
            one.unknown, largest,
        )  # fmt: skip


def _possible(answer: BookLimits) -> Iterator[Sequence[Any]]:
    """What would break if what cannot be tested held."""
    for number, one in enumerate(answer.possible, start=1):
        others = listed(names_of(one.others), one.others_page.total, most=20, chinese=True)
        yield (
            number, one.rule, bare_name(one.client), one.client.id, others, one.others_page.total, one.exposure,
            one.limit, one.use,
        )  # fmt: skip
    if left := answer.possible_page.left:
        yield None, "", f"… {left} 其他客户 more clients", "", "", None, None, None, None


def _groups(answer: BookGroups) -> Iterator[Sequence[Any]]:
    for number, group in enumerate(answer.groups, start=1):
        for one in group.clients:
            party, silent = one.member.party, one.unknown_facilities
            yield (*_group(number, group), bare_name(party), party.id, one.owed, silent, _why(one.member))
        if group.clients_page.left:
            yield (*_group(number, group), f"… {group.clients_page.left} 其他客户 more clients", "", None, None, "")


def _group(number: int, group: ClientGroup) -> tuple[Any, ...]:
    basis, reading = BASIS[group.basis], _reading(group.certain)
    top = f"{group.top.name}{group.apart.zh}{group.apart.en}"
    return number, top, basis, reading, group.size, group.clients_page.total, group.owed


def _why(member: Member) -> str:
    """What ties a member in, in both languages."""
    return f"{why_zh(member)} · {why(member)}"


def _rules(answer: BookLimits) -> Iterator[Sequence[Any]]:
    for one in answer.rules:
        states = one.states
        yield (
            one.rule, one.chinese, one.english, f"{one.counted_chinese} {one.counted}",
            _against(one.denominator), one.figure, one.figure_day, one.ratio, one.comparison, one.limit, one.measured,
            states.get("breach", 0), states.get("near", 0), states.get("large", 0) + states.get("assess", 0),
            states.get("untold", 0), one.greatest, STATES[one.state], one.citation, YES[one.verified],
        )  # fmt: skip


def _against(denominator: str) -> str:
    name = DENOMINATORS[denominator].name
    return f"{name.zh} {name.en}"


def _sources(sources: Iterable[Source]) -> Iterator[Sequence[Any]]:
    for one in sources:
        yield (
            one.fact_id, one.kind, one.source, one.source_ref, one.valid_from, one.valid_to, one.recorded_at,
            one.confidence,
        )  # fmt: skip


def _about(limits: Answer[BookLimits], groups: Answer[BookGroups]) -> Iterator[tuple[str, str]]:
    """What the workbook is about, as of when, and what is not known."""
    value = limits.answer
    yield "贷款人 Lender", f"{value.lender.name} ({value.lender.id})"
    yield "业务日 As of", str(limits.as_of.valid_at)
    yield "所知时刻 Known by (UTC)", f"{limits.as_of.known_at:%Y-%m-%d %H:%M:%S}"
    yield "快照 Snapshot", limits.snapshot
    yield "币种 Currency", value.currency or ""
    yield "规则集 Rule sets", ", ".join(value.rule_sets)
    yield "结论 State", STATES[value.state]
    yield "接近限额阈值 Near from", f"{value.near:.0%}"
    yield from (("说明 Note", reason) for reason in limits.reasons)
    suspected = (one for group in groups.answer.groups for client in group.clients for one in client.member.suspected)
    yield from (("说明 Note", reading) for reading in readings_said(suspected))
    left = groups.answer.page.left
    if left:
        yield (
            "说明 Note",
            f"集团表仅列余额最大的{groups.answer.page.shown}个集团，另有{left}个未列 ({left} more groups)",
        )
