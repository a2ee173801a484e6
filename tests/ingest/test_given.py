"""What the user says of a delivery whose format cannot say it."""

from pathlib import Path

import pytest

from graph.errors import InvalidCurrency, InvalidMapping
from ingest.bods import Bods
from ingest.finbench import FinBench
from ingest.source import Source


@pytest.mark.parametrize("source", [Bods(), FinBench()], ids=lambda source: source.name)
def test_a_misspelled_setting_is_not_silently_ignored(source: Source) -> None:
    told = {"lender": "bank", "currency": "CNY", "delivry": "full"}
    with pytest.raises(InvalidMapping, match=f"is no setting of {source.name}") as caught:
        source.delivery((Path("statements.jsonl"),), told)
    assert (caught.value.where, "delivered" in caught.value.remedy) == ("delivry", True)


def test_what_is_said_for_another_delivery_of_the_same_command_is_left_alone() -> None:
    told = {"lender": "bank", "currency": "CNY", "delivered": "2024-06-30"}
    assert str(Bods().delivery((Path("statements.jsonl"),), told).delivered) == "2024-06-30"


@pytest.mark.parametrize("source", [Bods(), FinBench()], ids=lambda source: source.name)
def test_a_mapping_that_nobody_would_read_is_refused(source: Source) -> None:
    told = {"lender": "bank", "currency": "CNY", "mapping": "m.toml"}
    with pytest.raises(InvalidMapping, match=f"{source.name} files .* no mapping is read") as caught:
        source.delivery((Path("statements.jsonl"),), told)
    assert (caught.value.where, "leave it out" in caught.value.remedy) == ("m.toml", True)


@pytest.mark.parametrize("source", [Bods(), FinBench()], ids=lambda source: source.name)
def test_an_unknown_currency_is_refused_by_whom_it_means_nothing_as_well(source: Source) -> None:
    with pytest.raises(InvalidCurrency, match="'RMB' is no currency"):
        source.delivery((Path("statements.jsonl"),), {"lender": "bank", "currency": "RMB"})
