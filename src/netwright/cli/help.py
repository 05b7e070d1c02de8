"""`netwright help [TOPIC]`."""

from __future__ import annotations

import difflib
import textwrap

import click

from netwright.cli import topics
from netwright.cli.root import VERBS, root
from netwright.cli.verb import Session, verb

WIDTH = 100
"""Of an explanation, in characters, where the terminal is not narrower."""

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


MORE = """\
More to read:
  netwright help VERB         what a verb takes, with an example
  netwright help intents      the four services and the Fabric, and how they are written
  netwright help exit-codes   what each exit code means
  netwright help codes        the codes of all findings: error[CODE] ...
  netwright help CODE         what one of them means, and the way out"""


def _text(topic: str, width: int) -> str | None:
    if topic == "exit-codes":
        return topics.exit_codes(width)
    if topic == "codes":
        return topics.code_list(width)
    if topic == "intents":
        return INTENTS
    if topic in VERBS:
        return _of_verb(topic)
    explanation = topics.diagnostic_codes().get(topic)
    return None if explanation is None else f"{topic}\n\n{textwrap.fill(explanation, width)}"


def _of_verb(name: str) -> str:
    outer = click.Context(root, info_name="netwright")
    command = root.get_command(outer, name)
    return command.get_help(click.Context(command, info_name=name, parent=outer)) if command else ""


def _unknown(topic: str) -> click.UsageError:
    known = [*VERBS, "exit-codes", "intents", "codes", *topics.diagnostic_codes()]
    near = difflib.get_close_matches(topic, known, n=1)
    meant = (
        f"; did you mean `{near[0]}`?"
        if near
        else "; topics are the verbs, exit-codes, intents, codes, and each of those codes"
    )
    return click.UsageError(f"there is no help on `{topic}`{meant}", click.get_current_context())


def _overview() -> str:
    verbs = root.get_help(click.Context(root, info_name="netwright"))
    return f"{verbs}\n\n{MORE}"


@verb("help", example="netwright help exit-codes\nnetwright help plan")
@click.argument("topic", required=False)
def help(session: Session, topic: str | None) -> int:  # noqa: A001 - the verb is called so
    """Explain a verb, the exit codes, the intents or a diagnostic's code."""
    width = min(WIDTH, session.screen.out.width) if session.screen.out.is_terminal else WIDTH
    text = _overview() if topic is None else _text(topic, width)
    if text is None:
        raise _unknown(topic or "")
    session.screen.show(text, {"topic": topic, "text": text})
    return 0
