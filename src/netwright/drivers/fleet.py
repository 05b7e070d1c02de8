"""All devices of a change, reached through Nornir: one call a stage, one honest result a device.

Nornir fans out and keeps the sessions open across the stages. Its own idea of a failed host is not used: a task never
raises, it returns an `Answer`; whether a device that failed takes part in what follows is the transaction's decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.task import Result, Task
from nornir.plugins.runners import ThreadedRunner

from netwright.drivers.base import Driver, Endpoint
from netwright.drivers.connection import NetwrightConnection
from netwright.errors import DeviceError, DeviceUnreachable

T = TypeVar("T")
CONNECTION = "netwright"


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What one device answered to one step: a value, or the error that it or its driver raised."""

    device: str
    value: T | None = None
    error: DeviceError | None = None

    @property
    def ok(self) -> bool:
        """Whether the step was done."""
        return self.error is None


class Fleet:
    """Open sessions to devices, driven through Nornir's threaded runner."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        platforms: Mapping[str, str],
        options: Mapping[str, object] | None = None,
        workers: int = 50,
    ) -> None:
        ConnectionPluginRegister.auto_register()
        ConnectionPluginRegister.available.setdefault(CONNECTION, NetwrightConnection)
        hosts = Hosts(
            {name: _host(name, endpoint, platforms[name], options or {}) for name, endpoint in endpoints.items()}
        )
        inventory = Inventory(hosts=hosts, groups={}, defaults=Defaults())
        self._nornir = Nornir(inventory=inventory, runner=ThreadedRunner(num_workers=workers), config=Config())

    def run(self, devices: Iterable[str], step: Callable[[Driver], T]) -> dict[str, Answer[T]]:
        """Do `step` on the named devices at once; the answers come back sorted by name."""
        wanted = frozenset(devices)
        if not wanted:
            return {}
        chosen = self._nornir.filter(filter_func=lambda host: host.name in wanted)
        results = chosen.run(task=_attempt, step=step, on_failed=True)
        return {name: _answer(results[name][0]) for name in sorted(wanted)}

    def forget(self, device: str) -> None:
        """Drop the session of a device, so that the next step dials again."""
        host = self._nornir.inventory.hosts[device]
        connection = host.connections.pop(CONNECTION, None)
        if connection is not None:
            _quietly(connection.close)

    def close(self) -> None:
        """Close every session."""
        for name in self._nornir.inventory.hosts:
            self.forget(name)


def _host(name: str, endpoint: Endpoint, platform: str, options: Mapping[str, object]) -> Host:
    extras = {"name": name, "timeout": endpoint.timeout_s, **options, **endpoint.options}
    return Host(
        name=name,
        hostname=endpoint.hostname,
        port=endpoint.port,
        username=endpoint.username,
        password=endpoint.password,
        platform=platform,
        connection_options={CONNECTION: ConnectionOptions(extras=extras)},
    )


def _answer(result: Result) -> Answer[T]:
    if result.exception is not None:
        raise result.exception  # a bug of ours, not a device's trouble
    return cast("Answer[T]", result.result)


def _attempt(task: Task, step: Callable[[Driver], T]) -> Result:
    """Run one step on one device. Whatever goes wrong becomes an answer: Nornir sees no failure."""
    name = task.host.name
    answer: Answer[T]  # spelled here: a frozen class with slots cannot be called as Answer[T](...)
    try:
        driver = cast("Driver", task.host.get_connection(CONNECTION, task.nornir.config))
        answer = Answer(name, value=step(driver))
    except DeviceError as error:
        answer = Answer(name, error=error)
    except (OSError, EOFError) as error:
        answer = Answer(name, error=DeviceUnreachable(name, str(error)))
    return Result(host=task.host, result=answer)


def _quietly(close: Callable[[], None]) -> None:
    """Close a session that may be dead already; a session's last words are not news."""
    try:
        close()
    except (DeviceError, OSError, EOFError):
        return
