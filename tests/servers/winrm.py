"""A WinRM service on loopback: TLS, client certificates, WS-Management's envelopes, and PSRP by another implementation than ours.

PowerShell itself is not here: `answer` is given the script and says what its pipeline puts out.
"""

from __future__ import annotations

import base64
import ssl
import threading
import time
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from psrpcore import CreatePipelineEvent, PSRPPayload, ServerPipeline, ServerRunspacePool, StreamType
from psrpcore.types import ErrorCategoryInfo, ErrorRecord, NETException, PSInvocationState

from tests.servers.authority import Certificate, write_certificates

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
GOOD = Certificate()
OPERATION_TIMEOUT = 2150858793
PATIENCE = 0.2
"""Seconds a Receive is held open while there is nothing to say."""


class Broken(Exception):
    """The script's pipeline fails with this message."""


@dataclass
class Shell:
    """One runspace pool; `output` is what its pipeline still has to say, None when nothing runs."""

    pool: ServerRunspacePool
    pipeline: ServerPipeline | None = None
    output: Iterator[Any] | None = None


@dataclass
class Winrm:
    """What the service does and has seen. `refuse` gives each request the HTTP status and body to send instead."""

    home: Path
    answer: Callable[[str], Iterable[Any]]
    fault: int = 0
    refuse: Callable[[str], tuple[int, bytes] | None] = lambda action: None
    hang_up_after_each: bool = False
    asks_late: bool = False
    port: int = 0
    actions: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    shells: dict[str, Shell] = field(default_factory=dict)

    @property
    def login(self) -> dict[str, str]:
        """The settings that reach it."""
        mine = self.home / "client"
        return {
            "certificate_file": str(mine / "server.pem"),
            "key_file": str(mine / "server.key"),
            "ca_file": str(self.home / "ca.pem"),
        }

    def asked(self, action: str, envelope: ET.Element) -> str | None:
        """The body of the answer; None while there is nothing to say."""
        match action:
            case "Create":
                return self._create(envelope)
            case "Command":
                return self._command(self._shell(envelope), envelope)
            case "Receive":
                return self._receive(self._shell(envelope), envelope)
            case "Delete":
                del self.shells[_selector(envelope)]
                return ""
            case _:
                return ""

    def _create(self, envelope: ET.Element) -> str:
        element = envelope.find(f".//{{{SHELL}}}Shell")
        id_ = element.attrib["ShellId"]
        shell = self.shells[id_] = Shell(ServerRunspacePool())
        content = envelope.find(".//{http://schemas.microsoft.com/powershell}creationXml").text
        _given(shell, content, None)
        return (
            f'<t:ResourceCreated xmlns:t="{TRANSFER}"><a:ReferenceParameters><w:SelectorSet xmlns:w="{WSMAN}">'
            f'<w:Selector Name="ShellId">{id_}</w:Selector></w:SelectorSet></a:ReferenceParameters></t:ResourceCreated>'
            f'<r:Shell xmlns:r="{SHELL}"><r:ShellId>{id_}</r:ShellId></r:Shell>'
        )

    def _command(self, shell: Shell, envelope: ET.Element) -> str:
        line = envelope.find(f".//{{{SHELL}}}CommandLine")
        id_ = line.attrib["CommandId"]
        shell.pipeline = ServerPipeline(shell.pool, uuid.UUID(id_))
        for event in _given(shell, line.find(f"{{{SHELL}}}Arguments").text, uuid.UUID(id_)):
            if isinstance(event, CreatePipelineEvent):
                script = shell.pipeline.metadata.commands[0].command_text
                self.scripts.append(script)
                shell.pipeline.start()
                shell.output = iter(self.answer(script))
        return f'<r:CommandResponse xmlns:r="{SHELL}"><r:CommandId>{id_}</r:CommandId></r:CommandResponse>'

    def _receive(self, shell: Shell, envelope: ET.Element) -> str | None:
        if shell.output is not None:
            self._put_out(shell)
        said = shell.pool.data_to_send()
        if said is None:
            return None
        command = "" if said.pipeline_id is None else f' CommandId="{str(said.pipeline_id).upper()}"'
        stream = f'<r:Stream Name="stdout"{command}>{base64.b64encode(said.data).decode()}</r:Stream>'
        return f'<r:ReceiveResponse xmlns:r="{SHELL}">{stream}</r:ReceiveResponse>'

    def _put_out(self, shell: Shell) -> None:
        try:
            said = next(shell.output, Broken)
        except Broken as error:
            record = ErrorRecord(Exception=NETException(Message=str(error)), CategoryInfo=ErrorCategoryInfo())
            shell.pipeline._change_state(PSInvocationState.Failed, error=record)
            shell.output = None
            return
        if said is Broken:
            shell.pipeline.complete()
            shell.output = None
        elif said is not None:
            shell.pipeline.write_output(said)

    def _shell(self, envelope: ET.Element) -> Shell:
        return self.shells[_selector(envelope)]


def _given(shell: Shell, content: str, pipeline: uuid.UUID | None) -> list[Any]:
    shell.pool.receive_data(PSRPPayload(base64.b64decode(content), StreamType.default, pipeline))
    return list(iter(shell.pool.next_event, None))


def _selector(envelope: ET.Element) -> str:
    return envelope.find(f".//{{{WSMAN}}}Selector").text


def envelope(body: str, relates_to: str) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}"><s:Header>'
        f"<a:RelatesTo>{relates_to}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def fault(code: int, why: str) -> str:
    return (
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text>{why}</s:Text></s:Reason>"
        f'<s:Detail><f:WSManFault xmlns:f="{FAULT}" Code="{code}"><f:Message>{why}</f:Message></f:WSManFault>'
        "</s:Detail></s:Fault>"
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self) -> None:
        service: Winrm = self.server.service  # type: ignore[attr-defined]
        message = ET.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
        action = message.find(f".//{{{ADDRESSING}}}Action").text.rpartition("/")[2]
        id_ = message.find(f".//{{{ADDRESSING}}}MessageID").text
        service.actions.append(action)
        status, body = service.refuse(action) or self._answer(service, action, message, id_)
        self.send_response(status)
        self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        if service.hang_up_after_each:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, service: Winrm, action: str, message: ET.Element, id_: str) -> tuple[int, bytes]:
        certificate = self._certificate(late=service.asks_late)
        if not certificate or "https/mutual" not in self.headers.get("Authorization", ""):
            return 401, b""
        service.certificates.append(dict(part[0] for part in certificate["subject"])["commonName"])
        if service.fault:
            return 500, envelope(fault(service.fault, "Access is denied."), id_)
        body = service.asked(action, message)
        if body is None:
            time.sleep(PATIENCE)
            return 500, envelope(fault(OPERATION_TIMEOUT, "nothing yet"), id_)
        return 200, envelope(body, id_)

    def _certificate(self, *, late: bool) -> Any:
        connection: Any = self.connection
        if late and not connection.getpeercert():
            connection.verify_client_post_handshake()
            connection.settimeout(PATIENCE)
            # The client answers while it waits for us; nothing but its certificate comes.
            with suppress(TimeoutError):
                connection.recv(1)
            connection.settimeout(None)
        return connection.getpeercert()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def running(home: Path, answer: Callable[[str], Iterable[Any]], certificate: Certificate = GOOD, **how: Any) -> Iterator[Winrm]:  # fmt: skip
    """The service at work; writes its authority, and beside it `client`, the certificate it lets in."""
    (home / "client").mkdir()
    write_certificates(home, certificate)
    write_certificates(home / "client", Certificate(names=("nightledger",)))
    service = Winrm(home, answer, **how)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(home / "server.pem", home / "server.key")
    tls.load_verify_locations(home / "client/ca.pem")
    tls.verify_mode = ssl.CERT_OPTIONAL
    tls.post_handshake_auth = service.asks_late

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: Any, client_address: Any) -> None:
            # A client that does not trust us ends the handshake; that is its answer, not our failure.
            try:
                with tls.wrap_socket(request, server_side=True) as wrapped:
                    _Handler(wrapped, client_address, self)
            except OSError:
                return

    server = Server(("127.0.0.1", 0), _Handler)
    server.service = service  # type: ignore[attr-defined]
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
