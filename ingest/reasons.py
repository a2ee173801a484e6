"""Why a row can be refused, and how to mend it: the whole vocabulary, so that a report can count."""

from typing import Final

REMEDIES: Final = {
    "ambiguous date": 'write days as 2024-03-01, or give the column a format such as format = "%d/%m/%Y"',
    "another version of BODS": "convert it to BODS 0.4, which its publisher may offer for download",
    "band upside down": "write the smaller end first, as in 25-50%",
    "cell too large": "no field holds so much text: look whether a quote was left open, and shorten the cell",
    "conflicting rows": "one statement says two things of the same fact: keep the row that is right",
    "confidence outside 0 to 1": "give a fraction between 0 and 1",
    "date out of range": "look at the year: days from 1400 to 2300 are taken",
    "control characters": "take out the signs that no text has, such as NUL: the detail shows them as \\x00",
    "digits lost": "the spreadsheet keeps 15 digits: format the column as text, and fill it in again from the original",
    "ends before it starts": "valid_to is the first day no longer true and lies after valid_from",
    "error in cell": "mend the formula in the spreadsheet until the cell shows a value",
    "formula without value": "open the workbook in a spreadsheet program, let it calculate, and save it",
    "half a band": "give both ends of a band, as in 25-50%, or one share",
    "impossible date": "the calendar has no such day: compare it with the original",
    "loan without borrower": "give the file that says who applied for it together with the loans",
    "missing currency": 'give the currency: a column, currency = { constant = "CNY" }, or --currency',
    "missing id": "every party needs the number by which the source knows it",
    "missing value": "the model needs this field for such a fact: fill it in",
    "national id in clear": "load with the workspace's key, so that only a keyed hash of it is kept",
    "negative money": "amounts are not negative: correct the sign, or leave the cell empty if it is not known",
    "not a date": "write days as 2024-03-01, 2024/3/1, 20240301 or 2024年3月1日",
    "not a number": "write a number such as 1234.5, 1,234.5, 300万元 or 12.5%",
    "not a share": "write a share as 0.25, 25%, 25-50%, >50% or 25%以上",
    "not BODS": "give statements of the Beneficial Ownership Data Standard 0.4, an object each",
    "not JSON": "write one JSON object a line, each of its names once",
    "not whole": "this field counts: give a whole number",
    "number too large": "no amount is so large: look at its unit and its digits",
    "out of range": "{field} must be {range}: correct the number, or its unit in the mapping",
    "relation to itself": "only shares can be held in oneself: correct one of the two parties",
    "share over 1": 'no share is over 100%: correct it; a column of percentages has unit = "%" in its mapping',
    "truncated JSON": "the file ends within a statement: fetch it again",
    "two currencies": "the amount names another currency than its row: correct one of them",
    "unclosed quote": 'close the quote, and double a quote that belongs to the text: "a ""b"" c"',
    "unknown currency": "use the three letters of ISO 4217, such as CNY, EUR or USD",
    "unknown word": "use one of the words of the model, or add this word to the map of the field",
    "wrong encoding": "save it anew as UTF-8; a table's encoding can also be named in its mapping",
    "wrong kind of party": "this relation does not run between such parties: look at its direction and at their kinds",
    "wrong number of cells": "give the row one cell for each column; quote cells that hold the separator",
}
"""Reason and remedy. Reasons are stable words: reports count by them and quarantine files carry them."""
OTHER_WAY: Final = "amounts are not negative: correct the sign, or swap the parties where the tie runs the other way"
"""Remedy of negative money where it is what one party owes or delivers to the other."""
CONTROLS: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
"""Signs that no text has; line ends and tabs it may have."""
