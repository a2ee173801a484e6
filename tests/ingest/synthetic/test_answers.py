"""The known answers once more, from the files alone, by other means than those that gave them."""

import json
from datetime import date, timedelta
from typing import Any

import networkx as nx
import pandas as pd
import pytest

from ingest.synthetic import World
from tests.ingest.synthetic.reading import SHARE, csv, iso, low, shareholders


def keys(world: World) -> dict[str, str]:
    """Key of the cast by every id and number a file may use."""
    return {
        found.split(":", 1)[1]: key for key, told in world.answers["parties"].items() for found in told["ids"]
    }  # fmt: skip


def holdings(world: World, valid_at: str, known_at: str) -> dict[tuple[str, str], float]:
    """Rows in force: stated by then, begun, not withdrawn, not ended; the latest start wins, then the latest word."""
    told = shareholders(world)
    told = told[(told["公示日期"] <= known_at) & (told["入股日期"] <= valid_at)]
    told = told.sort_values(["入股日期", "公示日期"], kind="stable").groupby(["股东编号", "统一社会信用代码"]).last()
    told = told[(told["操作"] != "撤销") & ((told["退出日期"] == "") | (told["退出日期"] > valid_at))]
    named = keys(world)
    return {
        (named[one], named[other]): low(share)
        for (one, other), share in zip(told.index, told[SHARE], strict=True)
        if one in named and other in named
    } | abroad(world, valid_at, known_at)


def abroad(world: World, valid_at: str, known_at: str) -> dict[tuple[str, str], float]:
    named, found = keys(world), {}
    for path in sorted(world.folder.glob("*-abroad/statements.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            details = row["recordDetails"]
            ends = details.get("interestedParty"), details.get("subject")
            interests = details.get("interests", [])
            if row["statementDate"] <= known_at and ends[0] in named and interests[0]["startDate"] <= valid_at:
                share = interests[0]["share"]
                least = share.get("exact", share.get("minimum", share.get("exclusiveMinimum", 0) + 1e-7))
                found[named[ends[0]], named[ends[1]]] = least / 100
    return found


def agreements(world: World, valid_at: str, known_at: str) -> set[tuple[str, str]]:
    named = keys(world)
    told = pd.concat([csv(path) for path in sorted(world.folder.glob("*/控制协议*.csv"))])
    for column in ("生效日期", "终止日期", "公示日期"):
        told[column] = told[column].map(iso)
    told = told[told["公示日期"] <= known_at].groupby(["控制人编号", "统一社会信用代码"]).last()
    standing = told[(told["生效日期"] <= valid_at) & ((told["终止日期"] == "") | (told["终止日期"] > valid_at))]
    return {(named[one], named[other]) for one, other in standing.index}


def naive_control(held: dict[tuple[str, str], float], agreed: set[tuple[str, str]]) -> dict[str, set[str]]:
    """Add whoever is held by more than half, until nobody is added."""
    parties = {party for pair in held for party in pair}
    found = {}
    for owner in parties:
        inside, before = {owner}, set[str]()
        while inside != before:
            before = set(inside)
            for company in parties:
                votes = sum(
                    share for (holder, held_by), share in held.items() if held_by == company and holder in before
                )
                if votes > 0.5 + 1e-12 or any((member, company) in agreed for member in before):
                    inside.add(company)
        if inside != {owner}:
            found[owner] = inside - {owner}
    return found


def test_who_controls_whom_follows_from_the_files_at_every_moment(world: World) -> None:
    moments = world.answers["group_b"]["control"]
    assert len({json.dumps(moment["controls"]) for moment in moments}) > 4, "the story moves"
    for moment in moments:
        at = moment["valid_at"], moment["known_at"]
        found = naive_control(holdings(world, *at), agreements(world, *at))
        assert {owner: set(told) for owner, told in moment["controls"].items()} == found, at


def test_the_story_is_told_as_meant(world: World) -> None:
    who = {(m["valid_at"], m["known_at"]): m["ultimate"] for m in world.answers["group_b"]["control"]}
    assert who["2022-06-30", "2022-07-31"]["H"] == ["G"]
    assert who["2023-06-30", "2023-07-31"]["H"] == ["J"]
    assert who["2024-06-30", "2024-12-31"]["H"] == ["N"]
    assert who["2024-06-30", "2025-06-30"]["H"] == ["J"]
    assert "M5" not in who["2024-06-30", "2024-12-31"]
    assert who["2024-06-30", "2025-06-30"]["M5"] == ["J"]
    assert who["2024-06-30", "2025-06-30"]["X"] == ["J", "N"]


def prices(world: World, day: str) -> dict[str, float]:
    told = csv(world.folder / "2025-06-30-rates" / "汇率.csv", "utf-8")
    earliest = (date.fromisoformat(day) - timedelta(7)).isoformat()
    told = told[(told["日期"] <= day) & (told["日期"] >= earliest)].sort_values("日期").groupby("基准货币").last()
    return {"CNY": 1.0} | {str(base): float(price) for base, price in told["汇率"].items()}


@pytest.mark.parametrize("place", range(4))
def test_what_the_bank_has_at_stake_follows_from_its_list(world: World, place: int) -> None:
    told = world.answers["group_b"]["exposure"][place]
    listed = sorted(p.name for p in world.folder.glob("*-facilities") if p.name[:10] <= told["valid_at"])[-1]
    book = pd.read_excel(world.folder / listed / "授信台账.xlsx", sheet_name="授信")
    book = book[book["机构代码"] == world.answers["group_b"]["bank"]]
    price = book["币种"].map(prices(world, told["valid_at"])) * 1e4
    book["drawn"] = book["已用金额（万元）"] * price
    book["undrawn"] = book["未用金额（万元）"] * price
    book["weighted"] = book["drawn"] + book["undrawn"] * book["转换系数（%）"] / 100
    by_name = book.groupby("客户号")[["drawn", "undrawn", "weighted"]].sum()
    for key, line in told["members"].items():
        assert by_name.loc[f"KH-{key}"].to_dict() == pytest.approx(line)
    moment = told["valid_at"], told["known_at"]
    control = naive_control(holdings(world, *moment), agreements(world, *moment))
    for owner, line in told["groups_of"].items():
        inside = [f"KH-{key}" for key in control[owner] if key in told["members"]]
        assert by_name.loc[inside].sum().to_dict() == pytest.approx(line)
    assert told["groups_of"]


def test_the_guarantee_ring_stands_in_the_files(world: World) -> None:
    named = keys(world)
    told = csv(world.folder / "2024-06-30-register" / "对外担保.csv")
    ends = told[["担保人", "被担保人"]].map(named.get).dropna()
    graph = nx.DiGraph(ends.itertuples(index=False, name=None))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    assert [set(circle) for circle in nx.simple_cycles(graph)] == [set(world.answers["group_b"]["guarantee_ring"])]


def test_the_path_through_the_nominee_stands_in_the_files(world: World) -> None:
    path = world.answers["group_b"]["path_through_nominee"]
    moment = path["valid_at"], path["known_at"]
    named, held = keys(world), holdings(world, *moment)
    told = pd.concat([csv(file) for file in sorted(world.folder.glob("*/关联关系*.csv"))])
    related = {(named.get(a), named.get(b)) for a, b in zip(told["主体编号"], told["关联主体编号"], strict=True)}
    for one, other, kind in zip(path["nodes"], path["nodes"][1:], path["kinds"], strict=False):
        pairs = set(held) if kind == "OWNS" else related
        assert (one, other) in pairs or (other, one) in pairs


def supply(world: World) -> pd.DataFrame:
    return pd.read_parquet(world.folder / "2024-06-30-supply" / "supplies.parquet")


def test_the_start_up_lives_from_one_buyer(world: World) -> None:
    told: dict[str, Any] = world.answers["start_up"]
    sold = supply(world).query("supplier == 'HY-START'").set_index("buyer")
    shares = sold["amount"] / sold["amount"].sum()
    assert shares.to_dict() == pytest.approx({f"HY-{key}": share for key, share in told["share_of_sales"].items()})
    assert shares.max() > 0.8
    assert sold["receivable"].sum() == told["receivable"]
    reported = csv(world.folder / "2025-01-31-reports" / "报表.csv", "utf-8-sig")
    code = world.answers["parties"]["START"]["id"].split(":")[1]
    assert reported[reported["统一社会信用代码"] == code]["期末"].nunique() == told["statements"]


def stated(world: World, key: str) -> dict[str, float]:
    """What a party states of 2024, in yuan."""
    told = csv(world.folder / "2025-01-31-reports" / "报表.csv", "utf-8-sig")
    code = world.answers["parties"][key]["id"].split(":")[1]
    told = told[(told["统一社会信用代码"] == code) & (told["期末"] == "2024年12月31日")]
    return {item: float(value) * 1e4 for item, value in zip(told["项目"], told["金额（万元）"], strict=True)}


def owed(world: World, key: str) -> float:
    """What the first bank is owed at the end of 2024, the undrawn part by its factor; in yuan."""
    book = pd.read_excel(world.folder / "2024-12-31-facilities" / "授信台账.xlsx", sheet_name="授信")
    mine = book[(book["机构代码"] == "BK1") & (book["客户号"] == f"KH-{key}") & (book["币种"] == "CNY")]
    return float((mine["已用金额（万元）"] + mine["未用金额（万元）"] * mine["转换系数（%）"] / 100).sum() * 1e4)


def test_what_the_buyer_takes_with_it_follows_from_the_files(world: World) -> None:
    buyer, _, industry = world.answers["shocks"]
    sold = supply(world).query("supplier == 'HY-START'").set_index("buyer")["amount"]
    start, falls = stated(world, "START"), stated(world, "BUYER")
    lost = (start["营业收入"] - start["营业成本"]) * sold["HY-BUYER"] / start["营业收入"]
    assert buyer["income"] == industry["income"] == {"START": pytest.approx(lost)}
    assert lost > start["净资产"]
    assert buyer["loss"] == industry["loss"] == pytest.approx(0.45 * owed(world, "BUYER"))
    (stop,) = industry["scenario"]["stopped"]
    assert stop["share"] * (falls["营业收入"] - falls["营业成本"]) > falls["净资产"]
    listed = csv(world.folder / "2024-06-30-register" / "企业.csv").set_index("统一社会信用代码")
    code = world.answers["parties"]["BUYER"]["id"].split(":")[1]
    assert listed.loc[code].astype(str).str.startswith(stop["industry"]).any()


def test_what_the_ring_takes_with_it_follows_from_the_files(world: World) -> None:
    ring, named = world.answers["shocks"][1], keys(world)
    told = csv(world.folder / "2024-06-30-register" / "对外担保.csv")
    money = next(name for name in told.columns if "金额" in name)
    promised = {
        (named.get(one), named.get(other)): float(amount) * 1e4
        for one, other, amount in zip(told["担保人"], told["被担保人"], told[money], strict=True)
    }
    held = holdings(world, "2024-12-31", "2025-06-30")
    means = stated(world, "M2")["净资产"]
    assert promised["M2", "M3"] > means
    assert promised["M6", "M2"] < stated(world, "M6")["净资产"]
    assert promised["M6", "M2"] > 0.45 * owed(world, "M2")
    # What M2 has goes down by what it holds of M1, and M1 of it.
    paid = means * (1 - held["M2", "M1"] * held["M1", "M2"])
    assert ring["without"] == pytest.approx(0.45 * owed(world, "M3"))
    assert ring["loss"] == pytest.approx(ring["without"] - paid)
    assert ring["at_default"] == pytest.approx(owed(world, "M3") + owed(world, "M2"))
    assert ring["pays"] == {"M6": promised["M6", "M2"]}


@pytest.mark.parametrize("at", range(2))
def test_what_haircuts_leave_uncovered_follows_from_the_files(world: World, at: int) -> None:
    told = world.answers["collateral"][at]
    book = pd.read_excel(world.folder / "2024-12-31-facilities" / "授信台账.xlsx", sheet_name="押品")
    mine = book[book["客户号"] == f"KH-{told['party']}"]
    words = {"real estate": ("土地", "房产"), "inventory": ("存货",)}
    left = 1 - sum(cut * mine["押品类型"].isin(words[kind]) for kind, cut in told["haircut"].items())
    assert mine["评估价值（万元）"].sum() * 1e4 >= told["owed"] == owed(world, told["party"])
    assert told["loss"] == pytest.approx(0.45 * (told["owed"] - (mine["评估价值（万元）"] * left).sum() * 1e4))


def test_collateral_of_the_background_is_for_facilities_that_are_listed(world: World) -> None:
    for place in ("2023-12-31", "2024-12-31"):
        book = pd.read_excel(world.folder / f"{place}-facilities" / "授信台账.xlsx", sheet_name=None)
        pledged = book["押品"].merge(book["授信"], on=["授信编号", "机构代码"], suffixes=("", "_of"))
        assert len(pledged) == len(book["押品"]) > 100
        assert set(book["押品"]["客户号"]) <= set(book["客户"]["客户号"])
        assert 0 < (pledged["客户号"] != pledged["客户号_of"]).mean() < 0.2


def test_tiers_and_single_sources_follow_from_the_links(world: World) -> None:
    told = world.answers["supply_web"]
    links = supply(world)
    graph = nx.DiGraph(zip(links["buyer"], links["supplier"], strict=True))
    distance = nx.single_source_shortest_path_length(graph, f"HY-{told['maker']}")
    tiers = [sorted(node[3:] for node, far in distance.items() if far == tier) for tier in (1, 2, 3)]
    assert tiers == told["tiers"]
    assert max(distance.values()) == 3
    web = links[links["buyer"].isin(distance)]
    sources = (
        web.groupby(["buyer", "product"])["supplier"].agg(["nunique", "first"]).query("nunique == 1").reset_index()
    )
    found = {(b[3:], p, s[3:]) for b, p, s in zip(sources["buyer"], sources["product"], sources["first"], strict=True)}
    assert found == {(s["buyer"], s["product"], s["supplier"]) for s in told["single_sources"]}


def test_what_the_register_changed_and_left_out_follows_from_its_deliveries(clean: World) -> None:
    told, days = clean.answers["background"], ("2022-06-30", "2023-06-30", "2024-06-30")
    tables = [csv(clean.folder / f"{day}-register" / "股东.csv") for day in days]
    ends, cast = ["股东编号", "统一社会信用代码"], set(keys(clean))
    tables = [table[~table["统一社会信用代码"].isin(cast)].set_index(ends) for table in tables]
    for before, after, day in zip(tables, tables[1:], days[1:], strict=False):
        assert len(before.index.difference(after.index)) == told["absent_holdings"][day]
        both = before.index.intersection(after.index)
        changed = (before.loc[both, SHARE].to_numpy() != after.loc[both, SHARE].to_numpy()) | (
            before.loc[both, "入股日期"].to_numpy() != after.loc[both, "入股日期"].to_numpy()
        )
        assert changed.sum() == told["changed_shares"][day]


def test_the_first_delivery_names_companies_that_it_does_not_list(clean: World) -> None:
    folder = clean.folder / "2022-06-30-register"
    listed = {
        *csv(folder / "企业.csv")["统一社会信用代码"], *csv(folder / "人员.csv")["人员编号"],
        *csv(folder / "其他股东.csv")["股东编号"],
    }  # fmt: skip
    waiting = {}
    for kind, file, ends in (
        ("OWNS", "股东.csv", ("股东编号", "统一社会信用代码")),
        ("HOLDS_OFFICE", "任职.csv", ("人员编号", "统一社会信用代码")),
        ("GUARANTEES", "对外担保.csv", ("担保人", "被担保人")),
    ):  # fmt: skip
        table = csv(folder / file)
        waiting[kind] = int((~table[ends[0]].isin(listed) | ~table[ends[1]].isin(listed)).sum())
    assert waiting == clean.answers["background"]["pending_after_first"]
    assert all(waiting.values())
