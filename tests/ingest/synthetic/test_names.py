import itertools
import json
import re

import numpy as np
import pyarrow as pa
import pytest

from ingest.synthetic import World, names
from tests.ingest.synthetic.reading import csv

REAL = re.findall(
    r"\S+",
    """
    华为 腾讯 阿里 百度 京东 小米 格力 美的 海尔 联想 中兴 比亚迪 万科 恒大 碧桂园 融创 平安 招商 工商银行 建设银行
    农业银行 交通银行 浦发 民生 光大 中信 华夏 兴业 蒙牛 伊利 茅台 五粮液 娃哈哈 吉利 长城 奇瑞 长安 东风 一汽 上汽
    广汽 网易 新浪 搜狐 滴滴 美团 拼多多 字节 顺丰 圆通 中通 申通 韵达 宁德 隆基 通威 三一 徐工 海康 大华 讯飞
    京东方 立讯 歌尔 恒瑞 药明 国家电网 德龙 禾川 海信 国美 苏宁 北京 上海 广州 深圳 天津 重庆 沧州 杭州 苏州 武汉
    Apple Google Amazon Microsoft Tesla Samsung Toyota Siemens Bosch Nestle Shell Volvo Toshiba Kelda Novartis
    """,
)
"""Firms and cities that anybody knows."""


def test_no_two_neighbouring_characters_make_a_known_name() -> None:
    neighbours = [
        *map("".join, itertools.product(names.FIRST, names.SECOND)),
        *map("".join, itertools.product(names.SECOND, names.THIRD)),
        *(place[-1] + first for place in names.PLACES for first in names.FIRST),
        *names.PLACES,
    ]
    known = {name for name in REAL if not name.isascii()}
    assert not known & set(neighbours)


@pytest.mark.parametrize("file", ["企业.csv", "人员.csv", "其他股东.csv"])
def test_no_party_is_called_like_a_real_one(large: World, file: str) -> None:
    table = csv(large.folder / "2024-06-30-register" / file)
    called = [name for column in ("企业名称", "英文名称", "姓名", "名称") if column in table for name in table[column]]
    said = "\n".join(called).lower()
    assert not [name for name in REAL if name.lower() in said]


def test_persons_of_the_background_are_left_unnamed(large: World) -> None:
    told = csv(large.folder / "2024-06-30-register" / "人员.csv")["姓名"]
    assert told.str.contains("某").all()


def test_nobody_abroad_is_called_like_a_real_firm(large: World) -> None:
    rows = [
        json.loads(line)["recordDetails"].get("name", "")
        for line in (large.folder / "2022-03-31-abroad" / "statements.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert not [name for name in REAL if name.isascii() and name.lower() in "\n".join(rows).lower()]


def test_half_a_million_companies_have_names_of_their_own() -> None:
    numbers = np.arange(500_000)
    trades = pa.repeat("机械", len(numbers))
    assert len(names.chinese_companies(numbers, trades).unique()) == len(numbers)
    assert len(names.english_companies(numbers).unique()) == len(numbers)
