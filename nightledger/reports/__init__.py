"""Reports: what one sealed run says, built from the store alone and written as HTML, CSV or JSON."""

from nightledger.reports.build import build
from nightledger.reports.model import Report, ReportError
from nightledger.reports.write import FORMATS, write

__all__ = ["FORMATS", "Report", "ReportError", "build", "write"]
