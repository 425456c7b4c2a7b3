import json
from pathlib import Path

import pytest

from config import schema
from config.settings import EphiRule, Settings, default_store, this_machine
from evidence.model import Resource, Scope


def bucket(name="ehr-backups", **labels):
    return Resource("aws.s3.bucket", f"arn:aws:s3:::{name}", name, Scope("aws/1"), tuple(labels.items()))


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (EphiRule(kind="aws.s3.*"), True),
        (EphiRule(kind="aws.s3.bucket", name="ehr-*"), True),
        (EphiRule(kind="aws.s3.bucket", name="EHR-*"), False),
        (EphiRule(name="ehr-*", uid="arn:aws:rds*"), False),
        (EphiRule(labels={"data": "phi"}), True),
        (EphiRule(labels={"data": "phi", "owner": "*"}), False),
    ],
)
def test_every_pattern_of_an_ephi_rule_must_match(rule, matches):
    assert rule.matches(bucket(data="phi")) is matches


def test_without_rules_nobody_has_said_what_holds_ephi():
    settings = this_machine("sqlite:x")
    assert settings.holds_ephi(bucket()) is None
    with_rule = settings.model_copy(update={"ephi": (EphiRule(name="ehr-*"),)})
    assert with_rule.holds_ephi(bucket()) is True
    assert with_rule.holds_ephi(bucket("logs")) is False


def test_the_default_store_follows_the_xdg_directories():
    assert default_store({"XDG_DATA_HOME": "/data"}) == "sqlite:/data/nightledger/evidence.db"
    assert default_store({"HOME": "/home/ada"}) == "sqlite:/home/ada/.local/share/nightledger/evidence.db"


def test_the_schema_file_is_the_one_the_models_give():
    assert schema.FILE.read_text() == schema.text(), "stale: run python -m nightledger.docs"


def test_the_schema_names_every_type_of_source_and_no_machine():
    data = json.loads(schema.text())
    types = set(data["properties"]["sources"]["items"]["discriminator"]["mapping"])
    assert types == {"aws", "directory", "hosts", "plugin"}
    assert str(Path.home()) not in schema.text()


def test_settings_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        this_machine("sqlite:x").store = "other"


def test_the_schedule_falls_back_to_the_zone_of_the_organisation():
    data = {
        "sources": [{"type": "hosts", "name": "a", "local": True}],
        "organisation": {"timezone": "Europe/Paris"},
    }
    assert Settings.model_validate(data).schedule_zone.key == "Europe/Paris"
