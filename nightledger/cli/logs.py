"""Log lines on stderr: ours from warnings on; those of libraries only with --debug, because coverage tells the rest."""

from __future__ import annotations

import logging
import sys

from nightledger.cli.text import shown


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text if record.exc_info else shown(text)


def configure(*, level: int = logging.WARNING, debug: bool = False) -> None:
    """Send log lines to stderr, made safe for a terminal; may be called again with another level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING if debug else logging.CRITICAL)
    logging.getLogger("nightledger").setLevel(level)
