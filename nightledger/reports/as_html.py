"""A report as one HTML file that works from a mail attachment: no script, nothing loaded, everything escaped."""

from __future__ import annotations

import base64
import hashlib
from importlib import import_module
from importlib.resources import files
from typing import Any

from nightledger import __version__
from nightledger.reports.lines import Standing
from nightledger.reports.model import STATEMENT, Report, ReportError
from nightledger.reports.text import clean, count, moment
from nightledger.reports.view import FEW, MOST, arrange


def page(report: Report) -> str:
    """The page as text; raises ReportError where jinja2 or pandas is not installed."""
    style = _resource("style.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return str(
        _environment()
        .get_template("page.html.j2")
        .render(
            view=arrange(report),
            report=report,
            style=style,
            style_digest=digest,
            statement=STATEMENT,
            standings=tuple(Standing),
            version=__version__,
        )
    )


def _environment() -> Any:
    try:
        jinja2 = import_module("jinja2")
    except ModuleNotFoundError:
        raise ReportError(
            "an HTML report needs jinja2, which is not installed", hint="Install nightledger[report]."
        ) from None
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.filters |= {"moment": moment, "count": count, "words": _words, "number": _number}
    environment.globals |= {"SYMBOLS": _SYMBOLS, "most": MOST, "few": FEW}
    return environment


def _harmless(value: Any) -> Any:
    """Every value on its way into the page; style.css is ours and marked safe, all else is cleaned."""
    if hasattr(value, "__html__"):
        return value
    return clean(value) if isinstance(value, str) else value


def _words(value: str) -> str:
    return value.replace("_", " ")


def _number(value: int) -> str:
    return f"{value:,}"


def _resource(name: str) -> str:
    return files("nightledger.reports").joinpath("templates", name).read_text(encoding="utf-8")


_SYMBOLS = {
    "fail": "\u2717",
    "waived": "\u2298",
    "unknown": "?",
    "pass": "\u2713",
    "not_applicable": "\u2013",
    "failing": "\u2717",
    "not_covered": "\u25cb",
    "partly_evidenced": "\u25d0",
    "attested": "\u270e",
    "inherited": "\u21c4",
    "evidenced": "\u2713",
}
