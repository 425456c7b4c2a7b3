"""What watches a region as a whole: Config, GuardDuty, Security Hub and Macie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.errors import code_of
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.threats import detector_in
from collectors.kind import Found, fact, lists
from evidence.facts.aws_watch import ConfigRecorder, SecurityHub, SensitiveDataScan, ThreatDetector


class WatchedRegion(AwsKind):
    """One region of one account, with the services that watch it; the only resource of this kind in its scope."""

    kind = "aws.watch.region"
    service = "config"
    part = "region"
    keep: ClassVar = {
        "describe_configuration_recorders": (
            "ConfigurationRecorders[]{name, recordingScope, servicePrincipal, "
            "recordingGroup{allSupported, includeGlobalResourceTypes, recordingStrategy{useOnly}}}"
        ),
        "describe_configuration_recorder_status": (
            "ConfigurationRecordersStatus[]{name, recording, lastStatus, lastErrorCode}"
        ),
        "guardduty.list_detectors": "DetectorIds[ordered]",
        "guardduty.get_detector": "Status, Features[]{Name, Status}",
        "securityhub.describe_hub": "HubArn, AutoEnableControls",
        "macie2.get_macie_session": "status",
    }

    @lists(needs=REGIONS)
    def every(self, config: AwsClient) -> Iterator[Found]:
        """The region itself."""
        yield Found(f"{config.account}/{config.region}", config.region)

    @fact(
        needs={
            "describe_configuration_recorders": "config:DescribeConfigurationRecorders",
            "describe_configuration_recorder_status": "config:DescribeConfigurationRecorderStatus",
        }
    )
    def recorders(self, config: AwsClient) -> list[ConfigRecorder]:
        """The customer's recorders with their status; those that AWS services run for themselves are left out."""
        rows = config.describe_configuration_recorders()["ConfigurationRecorders"]
        own = [row for row in rows if not row.get("servicePrincipal")]
        if not own:
            return []
        told = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
        states = {row["name"]: row for row in told}
        return [_recorder(row, states[row["name"]]) for row in own]

    @fact(needs={"list_detectors": "guardduty:ListDetectors", "get_detector": "guardduty:GetDetector"})
    def detector(self, guardduty: AwsClient) -> ThreatDetector | None:
        """GetDetector of the region's one detector; None means GuardDuty was never switched on here."""
        number = detector_in(guardduty)
        if number is None:
            return None
        answer = guardduty.get_detector(DetectorId=number)
        on = {row["Name"] for row in answer.get("Features", []) if row["Status"] == "ENABLED"}
        return {"enabled": answer["Status"] == "ENABLED", "features": sorted(on)}

    @fact(needs="securityhub:DescribeHub", absent="ResourceNotFoundException")
    def hub(self, securityhub: AwsClient) -> SecurityHub | None:
        """DescribeHub; Security Hub says that it is off in the words of a refusal, so the words decide."""
        try:
            answer = securityhub.describe_hub()
        except Exception as error:
            if _off(error, "InvalidAccessException", "not subscribed to"):
                return None
            raise
        return {"auto_enable": answer.get("AutoEnableControls", False)}

    @fact(needs="macie2:GetMacieSession", absent="ResourceNotFoundException")
    def macie(self, macie2: AwsClient) -> SensitiveDataScan | None:
        """GetMacieSession; Macie says that it is off in the words of a refusal, so the words decide."""
        try:
            return {"status": macie2.get_macie_session()["status"]}
        except Exception as error:
            if _off(error, "AccessDeniedException", "Macie is not enabled"):
                return None
            raise


def _off(error: Exception, code: str, words: str) -> bool:
    return code_of(error) == code and words in str(error)


def _recorder(row: Mapping[str, Any], state: Mapping[str, Any]) -> ConfigRecorder:
    group = row.get("recordingGroup", {})
    strategy = group.get("recordingStrategy", {}).get("useOnly", "")
    return {
        "name": row["name"],
        "recording": state["recording"],
        "scope": _scope(strategy, everything=group.get("allSupported", False)),
        "global_types": group.get("includeGlobalResourceTypes", False),
        "status": state.get("lastStatus", ""),
        "error": state.get("lastErrorCode", ""),
    }


def _scope(strategy: str, *, everything: bool) -> str:
    if strategy == "EXCLUSION_BY_RESOURCE_TYPES":
        return "all-but-some"
    return "all" if everything or strategy == "ALL_SUPPORTED_RESOURCE_TYPES" else "some"
