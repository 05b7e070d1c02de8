"""A mapping laid over another: what is the same stays where it is, unread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import TypeVar

V = TypeVar("V")


class Over(Mapping[str, V]):
    """A mapping with some entries changed and some gone, in the order of the names."""

    def __init__(self, base: Mapping[str, V], changed: Mapping[str, V], gone: Collection[str]) -> None:
        self._keys = dict.fromkeys(name for name in sorted({*base, *changed}) if name not in gone)
        lower: Over[V] | None = base if isinstance(base, Over) else None
        if lower is not None:  # one layer, however often something changes
            base, changed = lower.base, {**lower.changed, **changed}
        self.base: Mapping[str, V] = base
        self.changed: dict[str, V] = {name: value for name, value in changed.items() if name in self._keys}

    def __getitem__(self, name: str) -> V:
        if name not in self._keys:
            raise KeyError(name)
        return self.changed[name] if name in self.changed else self.base[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Made(Mapping[str, V]):
    """A mapping whose values are made when somebody first looks at them."""

    def __init__(self, names: Collection[str], make: Callable[[str], V]) -> None:
        self._names, self._make = dict.fromkeys(names), cache(make)

    def __getitem__(self, name: str) -> V:
        if name not in self._names:
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
