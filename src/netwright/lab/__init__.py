"""The lab: a network's intents on real routers (FRR in containers), with real packets.

`blueprint` says what is built and how it is plugged together, a pure function of the topology; `clabfile` writes it as
a containerlab file and `folder` as the network folder that the ordinary verbs work on. `probe` says what this machine
has. `images` builds router and machine from Debian packages, `machine` runs the virtual machine under its `keeper`,
`deploy` is the small deployer for where there is no containerlab. `raising` puts these together, and `running` is the
lab that runs: status, commands in it, down. `translate` lays ports and scale of a lab over the intents, `hosts` makes
the tenants behind the access ports.
"""
