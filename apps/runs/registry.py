"""The operations that exist. Capabilities register theirs when Django starts."""

from apps.runs.operations import Operation

_operations: dict[str, Operation] = {}


class UnknownOperation(LookupError):
    """A run names an operation that no installed app brings."""


def register(operation: Operation) -> None:
    _operations[operation.name] = operation


def get(name: str) -> Operation:
    try:
        return _operations[name]
    except KeyError:
        raise UnknownOperation(name) from None


def find(name: str) -> Operation | None:
    """The operation, or None when no installed app brings it any more: old runs outlive apps."""
    return _operations.get(name)


def all_operations() -> list[Operation]:
    return sorted(_operations.values(), key=lambda operation: operation.name)
