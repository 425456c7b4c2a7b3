"""`make readme`: put what the demo's second morning says into README.md, between its marks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"(?<=<!-- demo -->\n).*?(?=<!-- /demo -->)", re.DOTALL)


def changes(home: Path) -> list[dict[str, str]]:
    """The news of the demo's second night, as the command line gives it."""
    command = [sys.executable, "-m", "nightledger", "drift", "--config", str(home / "nightledger.yaml")]
    done = subprocess.run([*command, "--output", "json"], capture_output=True, text=True, check=True)
    return [row for row in json.loads(done.stdout)["rows"] if row["news"]]


def block(rows: list[dict[str, str]]) -> str:
    """The README's block, without this day's date."""
    width = max(len(row["change"]) for row in rows)
    lines = [f"{row['change'].replace('_', ' '):{width}}  {undated(row['sentence'])}" for row in rows]
    return "```text\n" + "\n".join(lines) + "\n```\n"


def undated(sentence: str) -> str:
    """A sentence that is the same whenever the demo is played: no date, and no identifier that moto drew."""
    return re.sub(r"\b([a-z]+)-[0-9a-f]{8,17}\b", r"\1-...", re.sub(r" of \d{4}-\d\d-\d\d", "", sentence))


def main() -> None:
    """Play the demo and rewrite the block."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "demo", folder], check=True, stdout=subprocess.DEVNULL)
        told = block(changes(Path(folder)))
    README.write_text(BLOCK.sub(lambda _: told, README.read_text()))


if __name__ == "__main__":
    main()
