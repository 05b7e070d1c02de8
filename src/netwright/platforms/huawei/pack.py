"""The pack: what `netwright.platforms.base.Platform` asks for, said for Huawei."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from netwright.platforms.base import Capability, Spoken
from netwright.platforms.huawei import reading, secrets, spoken, transactions, writing
from netwright.platforms.huawei.capabilities import capabilities_of
from netwright.platforms.huawei.models import Model, default_model
from netwright.tree import Delta, Line, Path, Tree


@dataclass(frozen=True, slots=True)
class HuaweiPlatform:
    """The pack of Huawei, for one model of router. Its only part is `xml`."""

    name: str = "huawei"
    parts: tuple[str, ...] = ("xml",)
    model: Model = field(default_factory=default_model)

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """The capability table."""
        return capabilities_of(self.model)

    @property
    def spoken(self) -> Spoken:
        """The command line of VRP8, which reviewers read beside the XML."""
        return spoken.VRP

    def parse(self, text: str, part: str) -> Iterator[Line]:
        """Yield the leaves of `<config>`, `<data>` or top-level elements. ConfigParseError when it is none of these."""
        _only_xml(part)
        return reading.parse(text)

    def text(self, tree: Tree, part: str) -> str:
        """Write one `<config>` in the model's order."""
        _only_xml(part)
        return writing.text(tree)

    def change(self, delta: Delta, part: str) -> str:
        """Write the content of an edit-config (default operation merge)."""
        _only_xml(part)
        return writing.change(delta)

    def sequence(self, delta: Delta) -> Sequence[Delta]:
        """One transaction, or two when something cannot be changed in place."""
        return transactions.sequence(delta)

    def is_secret(self, path: Path) -> bool:
        """Whether the leaf holds a password, a key or the like."""
        return secrets.is_secret(path)


def _only_xml(part: str) -> None:
    if part != "xml":
        raise ValueError(f"Huawei has no part {part!r}")


HUAWEI = HuaweiPlatform()
