from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.load import ConfigError, find, load, parse, store_of

ROOT = Path(__file__).parents[2]
MINIMAL = "sources:\n  - {type: hosts, name: here, local: true}\n"


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, Path("nightledger.yaml"), {})
    assert caught.value.exit_code == 2
    return str(caught.value).splitlines()


def one_problem(text: str) -> str:
    (problem,) = problems(text)
    return problem


def test_the_example_is_valid_and_relative_paths_start_from_its_directory():
    settings = load(ROOT / "config" / "example.yaml", {})
    assert [source.name for source in settings.sources] == ["production", "ehr-servers", "staff"]
    assert settings.organisation.zone.key == "America/New_York"


def test_an_account_id_keeps_its_leading_zero():
    text = (
        "sources:\n  - type: aws\n    name: a\n    role_name: NightledgerRead\n"
        "    accounts: [012345670123, 0o17]\n"
    )
    assert "sources[0].accounts[1]" in one_problem(text)
    settings = parse(text.replace(", 0o17", ""), Path("n.yaml"), {})
    assert settings.sources[0].accounts == ("012345670123",)


def test_yaml_words_for_false_and_numbers_are_read_by_the_type_of_the_key():
    text = MINIMAL + (
        "  - type: hosts\n    name: web\n    local: no\n    hosts: [{address: web, port: 8443, sudo: yes}]\n"
    )
    source = parse(text, Path("n.yaml"), {}).sources[1]
    assert (source.local, source.hosts[0].port, source.hosts[0].sudo) == (False, 8443, True)


def test_every_error_is_reported_at_once_with_its_line():
    found = problems(
        "organisation:\n  nmae: x\n  timezone: America/New_Yrk\ncolour: blue\nsources:\n"
        "  - type: aws\n    name: prod\n    regoins: [us-east-1]\n"
        "  - type: hosts\n    name: web\n    hosts: [{adress: web, port: ssh}]\n"
    )
    assert found == [
        'nightledger.yaml:2: organisation.nmae: unknown key; did you mean "name"?',
        'nightledger.yaml:3: organisation.timezone: "America/New_Yrk" is no IANA time zone; did you mean "America/New_York"?',
        "nightledger.yaml:4: colour: unknown key",
        'nightledger.yaml:8: sources[0].regoins: unknown key; did you mean "regions"?',
        "nightledger.yaml:11: sources[1].hosts[0].address: is required",
        'nightledger.yaml:11: sources[1].hosts[0].adress: unknown key; did you mean "address"?',
        "nightledger.yaml:11: sources[1].hosts[0].port: must be a whole number",
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("sources: []", "nightledger.yaml:1: sources: needs at least one source"),
        ("store: sqlite:x", "nightledger.yaml:1: sources: is required"),
        ("sources: [{name: a}]", "1: sources[0].type: is required: one of aws, directory, hosts, plugin"),
        ("sources: [{type: awz, name: a}]", 'is none of aws, directory, hosts, plugin; did you mean "aws"?'),
        ("sources: [{type: hosts, name: a}]", "a hosts source needs hosts or inventories, or local: true"),
        (
            "sources: [{type: aws, name: a, accounts: ['012345670123']}]",
            "role_name goes with accounts",
        ),
        ("sources: hosts", "sources: must be a list"),
        (MINIMAL + "  - {type: aws, name: here}", "two sources are called here"),
        (MINIMAL + "  - {type: aws, name: Big}", "a source's name is lower case"),
        (MINIMAL + "  - {type: aws, name: a, regions: [mars]}", 'a region looks like "us-east-1"'),
        (
            MINIMAL + "  - {type: aws, name: a, endpoint_url: h}",
            "3: sources[1].endpoint_url: an endpoint is https://",
        ),
        (
            MINIMAL + "  - {type: plugin, name: a, platform: b, settings: {c: {d: e}}}",
            "sources[1].settings.c: must be text or a list of texts",
        ),
        (MINIMAL + "key_directory: ~no-such-user/key", "3: key_directory: there is no such home directory"),
        (MINIMAL + "ephi: [{}]", "matches everything"),
        (MINIMAL + "policy: {a: {max: 3}}", "policy.a.reason: is required"),
        (MINIMAL + "policy: {a: {max: 3, reason: because}}", "must have at least 20 characters"),
        (MINIMAL + "policy: {a: {reason: agreed by the committee}}", "names no parameter"),
        (MINIMAL + "selection: {exclude: [{check: a}]}", "selection.exclude[0].reason: is required"),
        (MINIMAL + "schedule: {cron: nightly}", "a cron text has five fields"),
        (MINIMAL + 'schedule: {cron: "0 2 30 feb *"}', "3: schedule.cron: no night is ever due"),
        (MINIMAL + "store: mysql://h/d", "a store is sqlite:PATH, postgresql://HOST/DATABASE or env:NAME"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(lines, message):
    assert message in one_problem(lines)


@pytest.mark.parametrize("nothing", ["", "~", "null", "NULL"])
def test_a_key_without_a_value_is_refused_clearly(nothing):
    text = MINIMAL + f"store: {nothing}\n"
    assert one_problem(text) == "nightledger.yaml:3: store: has no value; give one or remove the key"


def test_the_word_null_in_quotes_is_a_name():
    text = MINIMAL + 'organisation: {name: "null"}\n'
    assert parse(text, Path("n.yaml"), {}).organisation.name == "null"


@pytest.mark.parametrize(
    "setting",
    [
        "store: postgresql://user:hunter2@db/evidence",
        "store: postgresql://db/evidence?password=hunter2",
        "sources: [{type: directory, name: d, url: 'ldaps://h', base: dc=x, bind_dn: cn=x, password: hunter2}]",
        "sources: [{type: directory, name: d, url: 'ldaps://cn=x:hunter2@h', base: dc=x}]",
        "sources: [{type: directory, name: d, url: 'ldaps://hunter2@h\u2100', base: dc=x}]",
        "sources: [{type: aws, name: d, secret_access_key: hunter2}]",
        "sources: [{type: aws, name: d, endpoint_url: 'http://user:hunter2@h'}]",
        "sources: [{type: aws, name: d, endpoint_url: 'http://hunter2@h'}]",
        "sources: [{type: aws, name: d, endpoint_url: 'http://user:hunter2@h\u2100'}]",
        "sources: [{type: directory, name: d, url: 'ldaps://h', base: dc=x, bind_dn: cn=x, password: 'env: hunter2'}]",
        "sources: [{type: hunter2, name: d}]",
        "organisation: [hunter2\n",
    ],
)
def test_a_literal_secret_is_refused_and_never_repeated(setting):
    text = setting if setting.startswith("sources") else MINIMAL + setting
    assert "hunter2" not in "\n".join(problems(text))


def test_a_password_is_never_sent_in_clear_text():
    text = "sources: [{type: directory, name: d, url: 'ldap://h', start_tls: no, base: x, bind_dn: x, password: env:P}]"
    assert "never sent in clear text" in one_problem(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nightledger.yaml: the file is empty"),
        ("- a\n", "nightledger.yaml:1: must be a mapping of keys to values"),
        ("a: [\n", "not valid YAML"),
        ("a: 1\n---\nb: 2\n", "not valid YAML"),
        ("a: \x00", "not valid YAML"),
        ("a: &x 1\nb: *x\n", "anchors and aliases are not supported"),
        ("a: &x [*x]\n", "anchors and aliases are not supported"),
        ("? [a, b]\n: c\n", "a key must be plain text"),
        ("store: a\nstore: b\n", "nightledger.yaml:2: store: is given twice"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_text_that_is_not_settings_is_refused(text, message):
    assert any(message in problem for problem in problems(text))


@given(st.text(alphabet="abs:-[]{}&*?!|>'\"#\n \t~0\x00\u20ac", max_size=60))
@example("sources: !!python/object/apply:os.system [true]")
def test_hostile_text_gives_config_errors_and_nothing_else(text):
    with pytest.raises(ConfigError):
        parse(text, Path("n.yaml"), {})


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "none.yaml", {})
    with pytest.raises(ConfigError, match="directory"):
        load(tmp_path, {})
    (tmp_path / "latin.yaml").write_bytes(b"sources: \xff")
    with pytest.raises(ConfigError, match="byte 9 is not UTF-8"):
        load(tmp_path / "latin.yaml", {})


def test_a_file_that_cannot_be_looked_at_is_not_passed_over(tmp_path):
    loop = tmp_path / "nightledger.yaml"
    loop.symlink_to(loop)
    assert find({}, tmp_path) == loop
    with pytest.raises(ConfigError, match="cannot be read"):
        load(loop, {})


def test_without_a_file_this_machine_is_the_one_source():
    settings = load(None, {"HOME": "/home/ada"})
    (source,) = settings.sources
    assert (source.name, source.local, source.hosts) == ("this-machine", True, ())
    assert load(None, {"NIGHTLEDGER_STORE": "sqlite:/tmp/x.db"}).store == "sqlite:/tmp/x.db"


def test_the_environment_replaces_the_store(tmp_path):
    assert (
        parse(MINIMAL, tmp_path / "n.yaml", {"NIGHTLEDGER_STORE": "e.db"}).store == f"sqlite:{tmp_path}/e.db"
    )
    assert parse(MINIMAL + "store: env:STORE_URL\n", tmp_path / "n.yaml", {}).store == "env:STORE_URL"


def test_a_password_in_the_environment_stays_there(tmp_path):
    environ = {"NIGHTLEDGER_STORE": "postgresql://user:hunter2@db/evidence"}
    for settings in (parse(MINIMAL, tmp_path / "n.yaml", environ), load(None, environ)):
        assert settings.store == "env:NIGHTLEDGER_STORE"
        assert "hunter2" not in repr(settings)


NO_STORE = "NIGHTLEDGER_STORE: a store is sqlite:PATH, postgresql://HOST/DATABASE or env:NAME"


def refused(found):
    with pytest.raises(ConfigError) as caught:
        found()
    assert caught.value.exit_code == 2
    return str(caught.value).splitlines()


def test_a_store_in_the_environment_that_is_none_is_blamed_on_the_variable_and_not_repeated(tmp_path):
    environ = {"NIGHTLEDGER_STORE": "mysql://user:hunter2@db/evidence"}
    assert refused(lambda: load(None, environ)) == [NO_STORE]
    assert refused(lambda: parse(MINIMAL + "store: e.db\n", tmp_path / "n.yaml", environ)) == [NO_STORE]
    assert refused(lambda: parse(MINIMAL + "colour: blue\n", tmp_path / "n.yaml", environ)) == [
        NO_STORE,
        f"{tmp_path}/n.yaml:3: colour: unknown key",
    ]
    assert refused(lambda: parse("", tmp_path / "n.yaml", environ))[0] == NO_STORE


def test_a_path_that_begins_like_a_server_is_a_path():
    assert load(None, {"NIGHTLEDGER_STORE": "postgres-data/e.db"}).store == "sqlite:postgres-data/e.db"


@pytest.mark.parametrize("url", ["mysql://user:hunter2@db/evidence", "env:hunter2", "~hunter2/evidence.db"])
def test_a_reference_to_what_is_no_store_is_refused_and_the_secret_not_repeated(monkeypatch, url):
    monkeypatch.setenv("STORE_URL", url)
    settings = parse(MINIMAL + "store: env:STORE_URL\n", Path("n.yaml"), {})
    (line,) = refused(lambda: store_of(settings))
    assert line.startswith("env:STORE_URL: ")
    assert "hunter2" not in line


def test_a_reference_may_lead_to_a_server_with_a_password_or_to_a_file(monkeypatch):
    settings = parse(MINIMAL + "store: env:STORE_URL\n", Path("n.yaml"), {})
    for url, store in (("postgresql://u:p@db/e", "postgresql://u:p@db/e"), ("/e.db", "sqlite:/e.db")):
        monkeypatch.setenv("STORE_URL", url)
        assert store_of(settings) == store


def test_the_file_is_sought_by_variable_then_here_then_in_etc(tmp_path):
    assert find({"NIGHTLEDGER_CONFIG": "/x/y.yaml"}, tmp_path) == Path("/x/y.yaml")
    (tmp_path / "nightledger.yaml").write_text(MINIMAL)
    assert find({}, tmp_path) == tmp_path / "nightledger.yaml"
