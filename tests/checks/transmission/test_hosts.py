from __future__ import annotations

from checks.transmission.hosts import no_clear_text_services
from evidence.facts.host_security import Listener
from evidence.model import Status


def test_telnet_on_the_network_fails_and_on_loopback_does_not():
    local = Listener(protocol="tcp", port=23, reach="loopback")
    remote = Listener(protocol="tcp", port=23, reach="network")
    assert no_clear_text_services.judge([local]).status is Status.PASS
    assert no_clear_text_services.judge([local, remote]).status is Status.FAIL
