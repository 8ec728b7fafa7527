"""error.py - the one exception of the package."""

from __future__ import annotations

from typing import Any


class KamengError(Exception):
    """A call did not do what was asked, and nothing was changed by it.

    Programs branch on `status` and `reason`, which are stable; `message` is for people. `retry`
    says what to do: "never", "same" (repeat with the same idempotency key) or "later" (with a new
    one).
    """

    def __init__(
        self,
        status: str,
        reason: str,
        message: str,
        *,
        field: str | None = None,
        retry: str = "never",
        details: dict[str, Any] | None = None,
        trace: str | None = None,
    ) -> None:
        super().__init__(f"{reason}: {message}" + (f" (at {field})" if field else ""))
        self.status = status
        self.reason = reason
        self.message = message
        self.field = field
        self.retry = retry
        self.details: dict[str, Any] = details or {}
        self.trace = trace

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> KamengError:
        error = document["error"]
        return cls(
            error["status"],
            error["reason"],
            error["message"],
            field=error.get("field"),
            retry=error.get("retry", "never"),
            details=error.get("details"),
            trace=error.get("trace"),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross process pools; the keyword arguments would be lost on the way.
        error = {name: getattr(self, name) for name in self._document_keys}
        return KamengError.from_document, ({"error": error},)

    _document_keys = ("status", "reason", "message", "field", "retry", "details", "trace")
