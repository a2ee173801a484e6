"""Reports: answers laid out to be printed, each line with its sources.

A report computes nothing: it takes an answer of `api.questions` and lays it out. `linkage`, `group`, `shock` and
`losses` turn an answer into what their templates show, `words` holds every text in Chinese and English, `picture`
places and draws networks as SVG by the layouts of `api.draw`, `cascade` that of a shock, `bars` draws time lines,
`plots` amounts, `page` fills the templates, and `pdf` prints the same page through WeasyPrint. A report is one file: no
script, and nothing from another host.
`spreadsheet` is the supervisor's table of a lender's book as a workbook, all pages of its two questions in one.
"""

from api.report.group import group_page
from api.report.linkage import linkage_page
from api.report.losses import losses_page
from api.report.pdf import as_pdf
from api.report.shock import shock_page

__all__ = ["as_pdf", "group_page", "linkage_page", "losses_page", "shock_page"]
