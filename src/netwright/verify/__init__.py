"""Collect, then judge: checks are pure functions over what the devices said."""
