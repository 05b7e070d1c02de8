"""NETCONF errors (RFC 6241, section 4.3) as values, in the words that the reference server uses."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

NC = "urn:ietf:params:xml:ns:netconf:base:1.0"


@dataclass(frozen=True, slots=True)
class Problem:
    """One `rpc-error`. `info` are the children of error-info as (name, text)."""

    tag: str
    message: str
    type: str = "application"
    path: str = ""
    app_tag: str = ""
    info: tuple[tuple[str, str], ...] = ()

    def xml(self) -> str:
        """The element as it is sent."""
        parts = [("error-type", self.type), ("error-tag", self.tag), ("error-severity", "error")]
        optional = [("error-app-tag", self.app_tag), ("error-path", self.path), ("error-message", self.message)]
        parts.extend((name, text) for name, text in optional if text)
        body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts)
        if self.info:
            body += (
                "<error-info>"
                + "".join(f"<{name}>{escape(text)}</{name}>" for name, text in self.info)
                + "</error-info>"
            )
        return f"<rpc-error>{body}</rpc-error>"


class RpcError(Exception):
    """An operation was refused; nothing of it happened."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems
