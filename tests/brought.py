"""What some tests need and only their user can bring: the vendor's modules, and programs that judge with them.

Where it is missing a stage of its own fails in CI, and is skipped elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

_BESIDE = Path(__file__).parents[2] / "shared" / "yang" / "huawei" / "8.22.0" / "ne40e-x8x16"


def folder_of_modules() -> Path | None:
    """The folder of Huawei's YANG modules: `NETWRIGHT_HUAWEI_YANG`, or beside the clone; None where there is none."""
    folder = Path(os.environ.get("NETWRIGHT_HUAWEI_YANG") or _BESIDE)
    return folder if folder.is_dir() else None


def modules() -> Path:
    """The same, for a test that cannot do without."""
    return folder_of_modules() or missing("NETWRIGHT_HUAWEI_YANG names no folder of Huawei's YANG modules")


def program(variable: str, what: str) -> str:
    """A program that an environment variable names (`scripts/judges` prints them)."""
    return os.environ.get(variable, "") or missing(f'{variable} names no {what}: eval "$(scripts/judges)"')


def missing(reason: str) -> NoReturn:
    """Fail in CI, skip elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
