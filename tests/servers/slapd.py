"""A real OpenLDAP server on loopback high ports, as an unprivileged user, with its own authority and people."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.servers.authority import Certificate, write_certificates

SLAPD = next((path for path in ("/usr/sbin/slapd", "/usr/local/libexec/slapd") if Path(path).exists()), "")
MODULES = "/usr/lib/ldap"
SCHEMAS = "/etc/ldap/schema"

BASE = "dc=example,dc=org"
PEOPLE = f"ou=people,{BASE}"
COLLECTOR = f"cn=nightledger,ou=services,{BASE}"
COLLECTOR_PASSWORD = "collector-only-reads"
ADMINS = f"cn=admins,ou=groups,{BASE}"
POLICY = f"cn=default,ou=policies,{BASE}"

CONTEXT_CSN = "contextCSN: 20261120000000.000000Z#000000#000#000000\n"

GOOD_POLICY = {
    "pwdMinLength": "14",
    "pwdCheckQuality": "2",
    "pwdLockout": "TRUE",
    "pwdMaxFailure": "5",
    "pwdLockoutDuration": "900",
    "pwdMaxIdle": "7776000",
}


def why_not() -> str:
    """Why no slapd can run here, or an empty string."""
    if SLAPD and Path(MODULES, "ppolicy.so").exists() and Path(SCHEMAS, "core.schema").exists():
        return ""
    return "slapd with its overlays and schemas is not installed"


def require_slapd() -> None:
    """Skip the calling test where slapd cannot run; fail it instead under CI=true."""
    import pytest  # noqa: PLC0415 - the server is of use without it

    if not why_not():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(why_not())
    pytest.skip(why_not())


@dataclass(frozen=True)
class Person:
    uid: str
    password: str = "open sesame"
    created: str = "20250101080000Z"
    last_login: str = ""
    locked: str = ""
    totp: bool = False
    admin: bool = False

    @property
    def dn(self) -> str:
        return f"uid={self.uid},{PEOPLE}"

    def ldif(self) -> str:
        lines = [
            f"dn: {self.dn}",
            "objectClass: inetOrgPerson",
            *(
                ["objectClass: oathTOTPUser", f"oathTOTPToken: cn={self.uid},ou=tokens,{BASE}"]
                if self.totp
                else []
            ),
            f"uid: {self.uid}",
            f"cn: {self.uid.title()} Example",
            "sn: Example",
            f"mail: {self.uid}@example.org",
            f"userPassword: {self.password}",
            f"createTimestamp: {self.created}",
            # The same person is the same entry in every server that is seeded with them.
            _entry_uuid(self.dn),
            *([f"authTimestamp: {self.last_login}"] if self.last_login else []),
            *([f"pwdAccountLockedTime: {self.locked}"] if self.locked else []),
        ]
        return "\n".join(lines) + "\n\n" + (_token(self.uid) if self.totp else "")


PEOPLE_AT_WORK = (
    Person("ada", last_login="20261120080000Z", totp=True, admin=True),
    Person("ben", last_login="20261119080000Z"),
)


@dataclass
class SlapdServer:
    """Use as a context manager. `acl`, `limits` and `directives` are lines of slapd.conf, put before the others.

    `ports` fixes the plain and the TLS port, so that a later server is found at the same address.
    """

    people: tuple[Person, ...] = PEOPLE_AT_WORK
    policy: dict[str, str] | None = field(default_factory=lambda: dict(GOOD_POLICY))
    overlays: tuple[str, ...] = ("ppolicy", "lastbind", "otp")
    default_policy: bool = True
    acl: tuple[str, ...] = ()
    anonymous: str = "auth"
    limits: tuple[str, ...] = ()
    directives: tuple[str, ...] = ()
    config_readable: bool = True
    tls: bool = True
    tls_floor: str = "3.3"
    old_tls: bool = False
    certificate: Certificate = field(default_factory=Certificate)
    extra: str = ""
    replicated: bool = False
    rootdn: bool = True
    ports: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        self.home = Path(tempfile.mkdtemp(prefix="slapd-"))
        try:
            self._prepare()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        process = getattr(self, "_process", None)
        if process is not None:
            process.terminate()
            process.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"ldap://localhost:{self.port}"

    @property
    def ldaps_url(self) -> str:
        return f"ldaps://localhost:{self.tls_port}"

    @property
    def ca_file(self) -> str:
        return str(self.home / "ca.pem")

    def _prepare(self) -> None:
        (self.home / "db").mkdir()
        write_certificates(self.home, self.certificate)
        self.port, self.tls_port = self.ports or _free_ports()
        (self.home / "slapd.conf").write_text(self._conf())
        (self.home / "seed.ldif").write_text(self._ldif())
        if os.geteuid() == 0:
            for path in (self.home, *self.home.rglob("*")):
                shutil.chown(path, *_unprivileged())
        self._run([SLAPD, "-T", "add", "-q", "-f", "slapd.conf", "-l", "seed.ldif"])

    def _start(self) -> None:
        urls = f"ldap://127.0.0.1:{self.port}/"
        if self.tls:
            urls += f" ldaps://127.0.0.1:{self.tls_port}/"
        command = [*_as_unprivileged(), SLAPD, "-f", "slapd.conf", "-h", urls, "-d", "0"]
        self._process = subprocess.Popen(
            command, cwd=self.home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        give_up = time.monotonic() + 15
        while time.monotonic() < give_up:
            if self._process.poll() is not None:
                raise RuntimeError(f"slapd ended with {self._process.returncode}: {self._conf()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("slapd did not listen within 15 seconds")

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            [*_as_unprivileged(), *command], cwd=self.home, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}")

    def _conf(self) -> str:
        lines = [
            *(f"include {SCHEMAS}/{name}.schema" for name in ("core", "cosine", "nis", "inetorgperson")),
            f"modulepath {MODULES}",
            "moduleload back_mdb",
            "moduleload ppolicy",
            *(f"moduleload {name}" for name in self.overlays if name != "ppolicy"),
            *self.directives,
            *(self._tls_lines() if self.tls else ()),
            "database config",
            *([f'access to * by dn.exact="{COLLECTOR}" read'] if self.config_readable else []),
            "database mdb",
            f'suffix "{BASE}"',
            # Without a rootdn ppolicy cannot write down the failed logins that it counts.
            *([f'rootdn "cn=root,{BASE}"'] if self.rootdn else []),
            f"directory {self.home}/db",
            "maxsize 1073741824",
            *self.limits,
            *self.acl,
            f"access to attrs={','.join(self._secrets())} by anonymous auth by * none",
            f'access to * by dn.exact="{COLLECTOR}" read by anonymous {self.anonymous} by * none',
        ]
        for name in self.overlays:
            lines.append(f"overlay {name}")
            if name == "ppolicy" and self.default_policy:
                lines.append(f'ppolicy_default "{POLICY}"')
        return "\n".join(lines) + "\n"

    def _secrets(self) -> tuple[str, ...]:
        otp = "otp" in self.overlays or "moduleload otp" in self.directives
        return ("userPassword", "pwdHistory", *(["oathSecret"] if otp else []))

    def _tls_lines(self) -> tuple[str, ...]:
        return (
            f"TLSCACertificateFile {self.home}/ca.pem",
            f"TLSCertificateFile {self.home}/server.pem",
            f"TLSCertificateKeyFile {self.home}/server.key",
            *([f"TLSProtocolMin {self.tls_floor}"] if self.tls_floor else []),
            # With GnuTLS, as on Debian, the line above is passed over and only this one counts.
            *([] if self.old_tls else ["TLSCipherSuite NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"]),
        )

    def _ldif(self) -> str:
        units = "".join(
            f"dn: ou={name},{BASE}\nobjectClass: organizationalUnit\nou: {name}\n\n"
            for name in ("people", "groups", "policies", "tokens", "services")
        )
        parts = [self._suffix_ldif(), units, _collector_ldif(), self._policy_ldif()]
        if any(person.totp for person in self.people):
            parts.append(_params())
        parts += [person.ldif() for person in self.people]
        return "".join([*parts, self._admins_ldif(), self.extra])

    def _suffix_ldif(self) -> str:
        mark = CONTEXT_CSN if self.replicated else ""
        return (
            f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n{mark}\n"
        )

    def _admins_ldif(self) -> str:
        admins = [person.dn for person in self.people if person.admin] or [COLLECTOR]
        members = "".join(f"member: {name}\n" for name in admins)
        return f"dn: {ADMINS}\nobjectClass: groupOfNames\ncn: admins\n{members}\n"

    def _policy_ldif(self) -> str:
        if self.policy is None:
            return ""
        settings = "".join(f"{name}: {value}\n" for name, value in self.policy.items())
        return f"dn: {POLICY}\nobjectClass: device\nobjectClass: pwdPolicy\ncn: default\npwdAttribute: userPassword\n{_entry_uuid(POLICY)}\n{settings}\n"


def _entry_uuid(dn: str) -> str:
    return f"entryUUID: {uuid.uuid5(uuid.NAMESPACE_X500, dn)}"


def deny(attribute: str, below: str = PEOPLE) -> str:
    """An access line that hides one attribute from the collector."""
    return f'access to dn.subtree="{below}" attrs={attribute} by * none'


def _collector_ldif() -> str:
    classes = "objectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"
    return (
        f"dn: {COLLECTOR}\n{classes}cn: nightledger\nuserPassword: {COLLECTOR_PASSWORD}\n"
        f"createTimestamp: 20250101080000Z\n{_entry_uuid(COLLECTOR)}\n\n"
    )


def _params() -> str:
    return (
        f"dn: ou=totp,ou=tokens,{BASE}\nobjectClass: organizationalUnit\nobjectClass: oathTOTPParams\nou: totp\n"
        "oathTOTPTimeStepPeriod: 30\noathOTPLength: 6\noathHMACAlgorithm: 1.2.840.113549.2.7\n\n"
    )


def _token(uid: str) -> str:
    return (
        f"dn: cn={uid},ou=tokens,{BASE}\nobjectClass: device\nobjectClass: oathTOTPToken\ncn: {uid}\n"
        f"oathTOTPParams: ou=totp,ou=tokens,{BASE}\noathSecret: 12345678901234567890\n\n"
    )


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def _unprivileged() -> tuple[str, str]:
    name = "openldap" if any(user.pw_name == "openldap" for user in pwd.getpwall()) else "nobody"
    return name, grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name


def _as_unprivileged() -> list[str]:
    if os.geteuid() != 0:
        return []
    user, group = _unprivileged()
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
