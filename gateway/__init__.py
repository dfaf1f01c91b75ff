"""The only code that speaks HTTP to providers. Give it a value, get a value or a GatewayError."""

from gateway.addresses import BadAddress, origin_of
from gateway.calls import describe
from gateway.client import Gateway
from gateway.dialects import DIALECTS, Dialect
from gateway.errors import GatewayError, Incomplete, Lost, NotSent, Refused
from gateway.masking import mask
from gateway.retry import delay_before_retry
from gateway.spilled import Spilled
from gateway.streams import ApiStream
from gateway.types import AddressPolicy, ApiEvent, ApiRequest, ApiResponse, Bounds, Connection, FilePart

__all__ = [
    "DIALECTS",
    "AddressPolicy",
    "ApiEvent",
    "ApiRequest",
    "ApiResponse",
    "ApiStream",
    "BadAddress",
    "Bounds",
    "Connection",
    "Dialect",
    "FilePart",
    "Gateway",
    "GatewayError",
    "Incomplete",
    "Lost",
    "NotSent",
    "Refused",
    "Spilled",
    "delay_before_retry",
    "describe",
    "mask",
    "origin_of",
]
