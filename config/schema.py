"""The JSON Schema of the settings file, for editors; config/schema.json is this text (python -m nightledger.docs)."""

from __future__ import annotations

import json
from pathlib import Path

from config.settings import Settings

FILE = Path(__file__).with_name("schema.json")


def text() -> str:
    """The schema as the file should hold it; a default that depends on the machine is left out."""
    schema = Settings.model_json_schema()
    schema["title"] = "nightledger.yaml"
    return json.dumps(schema, indent=2, ensure_ascii=True) + "\n"
