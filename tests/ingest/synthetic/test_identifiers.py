from collections import Counter

import numpy as np

from ingest.synthetic import World
from ingest.synthetic.identifiers import credit_codes, lei_codes, spoil
from tests.ingest.synthetic.reading import csv

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code_agrees(code: str) -> bool:
    """GB 32100-2015, 5: the weighted sum with the check digit is a multiple of 31."""
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1]
    return len(code) == 18 and sum(ALPHABET.index(c) * w for c, w in zip(code, weights, strict=True)) % 31 == 0


def organisation_agrees(code: str) -> bool:
    """GB 11714-1997: check digit of the organisation code inside."""
    body, check = code[8:16], code[16]
    left = 11 - sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return check == {10: "X", 11: "0"}.get(left, str(left))


def lei_agrees(code: str) -> bool:
    """ISO 17442 by ISO/IEC 7064, MOD 97-10."""
    return len(code) == 20 and int("".join(str(int(c, 36)) for c in code)) % 97 == 1


def test_check_digits_agree_by_the_standards() -> None:
    serials = np.random.default_rng(3).integers(0, 30_000_000, 2_000)
    codes, leis = credit_codes(serials).to_pylist(), lei_codes(serials).to_pylist()
    assert all(map(credit_code_agrees, codes))
    assert all(map(organisation_agrees, codes))
    assert all(map(lei_agrees, leis))
    assert len(set(codes)) == len(set(leis)) == len(set(serials.tolist()))


def test_the_standards_written_here_accept_the_numbers_published_with_them() -> None:
    assert credit_code_agrees("91350100M000100Y43")
    assert not credit_code_agrees("91350100M000100Y34")
    assert lei_agrees("54930084UKLVMY22DS16")
    assert not lei_agrees("54930084UKLVMY22DS61")


def test_a_spoiled_number_disagrees() -> None:
    assert not any(credit_code_agrees(spoil(code)) for code in credit_codes(np.arange(500)).to_pylist())


def test_every_number_in_the_files_agrees_but_those_told(world: World) -> None:
    firms = csv(world.folder / "2024-06-30-register" / "企业.csv")
    wrong = [code for code in firms["统一社会信用代码"] if not credit_code_agrees(code)]
    assert Counter(wrong) == Counter(world.answers["unverified_identifiers"])
    others = csv(world.folder / "2024-06-30-register" / "其他股东.csv")
    leis = [lei for lei in [*firms["LEI"], *others["LEI"]] if lei]
    assert leis
    assert all(map(lei_agrees, leis))
