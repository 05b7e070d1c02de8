"""`netwright help [TOPIC]`."""

from __future__ import annotations

import difflib
import textwrap

import click

from netwright.cli import topics
from netwright.cli.root import VERBS, root
from netwright.cli.verb import Session, verb

WIDTH = 100
"""Of an explanation, in characters."""

INTENTS = """\
An intent is a YAML document under intents/: what a tenant needs, in the tenant's words and units.

  Fabric                the underlay and the number pools; one per network
  TenantSlice           a tenant's own network between sites, with bandwidth and isolation
  LosslessRdmaPath      RDMA over distance: no loss, a goodput that is promised by formula
  ElasticLine           bandwidth that follows a calendar or the load
  DeterministicService  a bound on delay and jitter that is proven before anything is sent

  apiVersion: netwright/v1
  kind: ElasticLine
  metadata: {name: branch-7, tenant: shop}
  spec:
    endpoints:
      a: {node: pod2-leaf1, port: eth3, vlan: 300, addresses: ["10.41.0.1/24"]}
      z: {node: pop1-gw1, port: 100GE0/2/1, vlan: 300, addresses: ["10.42.0.1/24"]}
    service: l3vpn
    bandwidth: {base: 100M, max: 10G, step: 100M}

Rates: number + k M G T (bit/s). Delay in milliseconds one way, distance in kilometres, durations ISO 8601 (PT6H).
An unknown field is an error. Editors complete and check the files with `netwright schema --out DIR`."""


def _text(topic: str) -> str | None:
    if topic == "exit-codes":
        return topics.exit_codes()
    if topic == "intents":
        return INTENTS
    if topic in VERBS:
        return _of_verb(topic)
    explanation = topics.diagnostic_codes().get(topic)
    return None if explanation is None else f"{topic}\n\n{textwrap.fill(explanation, WIDTH)}"


def _of_verb(name: str) -> str:
    outer = click.Context(root, info_name="netwright")
    command = root.get_command(outer, name)
    return command.get_help(click.Context(command, info_name=name, parent=outer)) if command else ""


def _unknown(topic: str) -> click.UsageError:
    known = [*VERBS, "exit-codes", "intents", *topics.diagnostic_codes()]
    near = difflib.get_close_matches(topic, known, n=1)
    meant = (
        f"; did you mean `{near[0]}`?"
        if near
        else "; topics are the verbs, exit-codes, intents and the codes of diagnostics"
    )
    return click.UsageError(f"there is no help on `{topic}`{meant}", click.get_current_context())


def _overview() -> str:
    verbs = root.get_help(click.Context(root, info_name="netwright"))
    codes = "".join(f"\n  {code}" for code in topics.diagnostic_codes())
    return f"{verbs}\n\nMore topics: exit-codes, intents, or a diagnostic's code:{codes}"


@verb("help", example="netwright help exit-codes\nnetwright help plan")
@click.argument("topic", required=False)
def help(session: Session, topic: str | None) -> int:  # noqa: A001 - the verb is called so
    """Explain a verb, the exit codes, the intents or a diagnostic's code."""
    text = _overview() if topic is None else _text(topic)
    if text is None:
        raise _unknown(topic or "")
    session.screen.show(text, {"topic": topic, "text": text})
    return 0
