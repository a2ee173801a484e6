"""Which file is which, and the columns it must have."""

import re
from typing import Final

COMPANY, PERSON, LOAN = "Company", "Person", "Loan"
FILES: Final = {
    COMPANY: ("companyId", "companyName", "createTime"),
    PERSON: ("personId", "personName", "createTime"),
    LOAN: ("loanId", "loanAmount", "balance", "createTime"),
    "CompanyApplyLoan": ("companyId", "loanId", "createTime"),
    "PersonApplyLoan": ("personId", "loanId", "createTime"),
    "CompanyInvestCompany": ("investorId", "companyId", "ratio", "createTime"),
    "PersonInvestCompany": ("investorId", "companyId", "ratio", "createTime"),
    "CompanyGuaranteeCompany": ("fromId", "toId", "createTime"),
    "PersonGuaranteePerson": ("fromId", "toId", "createTime"),
}
"""Files and the columns they must have, in the order in which they are read."""
BLOCKED = "isBlocked"
_NAME = re.compile(r"(?i)(?P<role>[a-z]+?)(?:[-_.]?\d+)?\.(?:csv|psv|txt|jsonl|parquet)")
_ROLES = {name.lower(): name for name in FILES} | {
    "companyinvest": "CompanyInvestCompany",
    "personinvest": "PersonInvestCompany",
    "companyguarantee": "CompanyGuaranteeCompany",
    "personguarantee": "PersonGuaranteePerson",
}
"""What a file's name says, in lower case; the benchmark's own generator leaves out the second end."""
DELIMITER = "|"


def role_of(name: str) -> str | None:
    """What a file of this name holds; None where it is not FinBench's."""
    match = _NAME.fullmatch(name)
    return _ROLES.get(match["role"].lower()) if match else None
