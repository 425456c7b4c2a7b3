"""From settings to what the run understands: the platforms' own Source types, and policy values of the right type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from importlib.metadata import entry_points
from typing import Any

from checks.check import Check
from checks.judge import Policy
from checks.load import Catalogue, all_checks
from config.fields import nearest
from config.host_settings import HostInventory, HostLogin, HostsSource, JumpHost
from config.policy_values import typed
from config.secrets import Secret
from config.settings import Settings
from config.source_settings import AwsSource, DirectorySource, PluginSource
from config.source_settings import Source as SourceSettings
from evidence.model import NightledgerError
from nightledger.platforms import ENTRY_POINTS, OURS, platform, platforms
from nightledger.run import PollSource


class SettingsError(NightledgerError):
    """The settings are well formed but name something that does not exist here."""

    exit_code = 2


class Installed:
    """What a settings file may refer to here; nothing is imported before a file refers to it."""

    @cached_property
    def checks(self) -> Mapping[str, Mapping[str, Any]]:
        """The parameters of each check by its id, with their defaults."""
        return {check.id: check.policy for check in all_checks().checks.values()}

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Every kind, whether or not its platform's extra is installed."""
        declared = {kind.kind for one in platforms().values() for kind in one.kinds()}
        return frozenset(declared | set(all_checks().derived))

    @cached_property
    def platforms(self) -> frozenset[str]:
        """Ours and those of plug-ins, by name; none is loaded."""
        return frozenset({*OURS, *(point.name for point in entry_points(group=ENTRY_POINTS))})


def poll_sources(settings: Settings, names: Iterable[str] = ()) -> tuple[PollSource, ...]:
    """The configured sources, or those named; raises SettingsError with the nearest name for an unknown one."""
    known = {source.name: source for source in settings.sources}
    for name in names:
        if name not in known:
            hint = nearest(name, set(known)).removeprefix("; ") or f"configured: {', '.join(sorted(known))}"
            raise SettingsError(f"no source is called {name!r}", hint=hint)
    chosen = [known[name] for name in dict.fromkeys(names)] or list(settings.sources)
    return tuple(PollSource(platform_of(source), source.name, _native(source, known)) for source in chosen)


def platform_of(source: SourceSettings) -> str:
    """The name of the platform that a source is polled through."""
    return source.platform if isinstance(source, PluginSource) else source.type


def selected(settings: Settings, catalogue: Catalogue) -> tuple[Check, ...]:
    """Every check that is not excluded."""
    excluded = {exclusion.check for exclusion in settings.selection.exclude}
    return tuple(check for check in catalogue.checks.values() if check.id not in excluded)


def policy(settings: Settings, catalogue: Catalogue) -> Policy:
    """The organisation's values in the types of the checks' defaults; that they fit was seen when they were loaded."""
    return Policy(
        {id_: _values(catalogue.checks[id_], one.parameters) for id_, one in sorted(settings.policy.items())}
    )


def require_platforms(sources: Iterable[PollSource], known: Iterable[str]) -> None:
    """Raise SettingsError for a source whose plug-in is not installed."""
    names = set(known)
    for source in sources:
        if source.platform not in names:
            near = nearest(source.platform, names)
            raise SettingsError(
                f"source {source.name}: no platform is called {source.platform!r}{near}",
                hint="install the plug-in that brings it beside nightledger",
            )


def _native(source: SourceSettings, known: Mapping[str, SourceSettings]) -> Any:
    match source:
        case AwsSource():
            return _aws(source)
        case HostsSource():
            return _hosts(source, known)
        case DirectorySource():
            return _directory(source)
        case PluginSource():
            return source.settings


def _aws(source: AwsSource) -> Any:
    from collectors.aws.source import Source  # noqa: PLC0415 - only for a configured platform

    # Only what was given: the defaults are the collectors'.
    given = source.model_dump(exclude={"type", "session_tags"}, exclude_defaults=True)
    if source.session_tags:
        given["session_tags"] = tuple(sorted(source.session_tags.items()))
    return Source(**given)


def _hosts(source: HostsSource, known: Mapping[str, SourceSettings]) -> Any:
    from collectors.hosts.source import HostsSource as Native  # noqa: PLC0415 - only for a configured platform

    given = source.model_dump(
        exclude={"type", "hosts", "inventories", "login"}, exclude_defaults=True, exclude_none=True
    )
    return Native(
        **given,
        hosts=tuple(_host(host.address, host) for host in source.hosts),
        inventories=tuple(_inventory(one, source, known) for one in source.inventories),
        login=_host("", source.login),
    )


def _host(address: str, login: HostLogin | JumpHost) -> Any:
    from collectors.hosts.source import Host, Mode, System, WayIn  # noqa: PLC0415 - only for a configured platform

    given = login.model_dump(exclude={"address", "jump"}, exclude_defaults=True)
    if "mode" in given:
        given["mode"] = Mode(given["mode"])
    if "os" in given:
        given["os"] = System(given["os"])
    if "transport" in given:
        given = {"port": WayIn.PSRP.port, **given, "transport": WayIn(given["transport"])}
    jump = _host(login.jump.address, login.jump) if login.jump else None
    return Host(address, **given, jump=jump)


def _inventory(inventory: HostInventory, source: HostsSource, known: Mapping[str, SourceSettings]) -> Any:
    from collectors.hosts.inventory import (  # noqa: PLC0415 - only for a configured platform
        OVER_PSRP,
        OVER_SSH,
        AnsibleInventory,
        HostFile,
    )

    if inventory.source:
        return _listed_by(inventory, source, known)
    if inventory.ansible:
        connections = OVER_PSRP if source.login.transport == "psrp" else OVER_SSH
        return AnsibleInventory(inventory.ansible, inventory.groups, connections)
    return HostFile(inventory.hosts_file or "")


def _listed_by(inventory: HostInventory, source: HostsSource, known: Mapping[str, SourceSettings]) -> Any:
    from nightledger.inventories import LISTINGS, ListedBySource  # noqa: PLC0415 - only for a configured platform

    name = inventory.source or ""
    able = {other.name for other in known.values() if other.type in LISTINGS}
    if name not in able:
        near = nearest(name, able)
        raise SettingsError(
            f"source {source.name}: no aws or directory source is called {name!r}{near}",
            hint="an inventory's `source` is the name of another source of these settings",
        )
    other = known[name]
    if inventory.tags and other.type != "aws":
        raise SettingsError(f"source {source.name}: {name} is no AWS source, whose tags could be asked for")
    return ListedBySource(
        name,
        partial(platform, other.type),
        _native(other, known),
        LISTINGS[other.type],
        tuple(sorted(inventory.tags.items())),
        windows=source.login.os == "windows",
    )


def _directory(source: DirectorySource) -> Any:
    from collectors.directory.source import DirectorySource as Native  # noqa: PLC0415 - only for a configured platform

    given = source.model_dump(exclude={"type", "password"}, exclude_defaults=True)
    if source.password is not None:
        given["password"] = Secret(source.password)
    return Native(**given)


def _values(check: Check, given: Mapping[str, str | list[str]]) -> dict[str, Any]:
    return {name: typed(text, check.policy[name]) for name, text in given.items()}
