"""The pages of an operation, also where the SDK's data knows no pages for it although its answers carry a token."""

from __future__ import annotations

from typing import Any

_TOKENS = ("NextToken", "nextToken", "Marker")


def paginator_of(client: Any, operation: str) -> Any:
    """The SDK's paginator, one like it that sends the answer's token back, or None where an answer is all there is."""
    if client.can_paginate(operation):
        return client.get_paginator(operation)
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    token = token_of(model)
    if token is None:
        return None
    from botocore.paginate import Paginator  # noqa: PLC0415 - the SDK is loaded by whoever calls it

    # What the pages hold is only counted, against a limit that nobody sets.
    config = {"input_token": token, "output_token": token, "result_key": "@"}
    return Paginator(getattr(client, operation), config, model)


def token_of(model: Any) -> str | None:
    """The name under which an operation takes the token of its own answer back."""
    taken = model.input_shape.members if model.input_shape else {}
    given = model.output_shape.members if model.output_shape else {}
    return next((name for name in _TOKENS if name in taken and name in given), None)
