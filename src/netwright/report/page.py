"""The templates of this room: autoescaped, strict about names, found beside the code wherever it is installed."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from netwright.report import words


@cache
def environment() -> Environment:
    """The Jinja2 environment of all reports."""
    env = Environment(
        loader=PackageLoader("netwright.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {"amount": words.amount, "asked": words.asked, "rate": words.rate, "plural": words.plural}
    return env
