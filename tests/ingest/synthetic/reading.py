"""The files of a world read with pandas alone, as somebody would who has never seen the product."""

import re
from pathlib import Path

import pandas as pd

from ingest.synthetic import Delivered, World

SHARE = "持股比例（%）"


def delivery(world: World, name: str) -> Delivered:
    return next(d for d in world.deliveries if d.name == name)


def csv(path: Path, encoding: str = "gb18030") -> pd.DataFrame:
    return pd.read_csv(path, encoding=encoding, dtype=str, keep_default_na=False)


def iso(day: str) -> str:
    """2024年3月1日 as 2024-03-01."""
    return "-".join(part.zfill(2) for part in re.findall(r"\d+", day))


def shareholders(world: World) -> pd.DataFrame:
    """Every statement about a holding in the four deliveries of the register, days as ISO text."""
    tables = []
    for path in sorted(world.folder.glob("*/股东*.csv")):
        table = csv(path)
        table["操作"] = table.get("操作", "新增")
        tables.append(table)
    told = pd.concat(tables, ignore_index=True)
    for column in ("入股日期", "退出日期", "公示日期"):
        told[column] = told[column].map(iso)
    return told


def low(share: str) -> float:
    """The least a share can be, as a fraction."""
    return float(share.removesuffix("%").split("-")[0]) / 100
