"""Intents x topology x numbers x paths -> device-neutral fragments, contracts and checks."""
