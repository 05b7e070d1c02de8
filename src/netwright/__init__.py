"""netwright: write down what a tenant needs; compile, apply and prove it on the network."""

__version__ = "0.1.0"
