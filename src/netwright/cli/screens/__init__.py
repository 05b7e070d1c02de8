"""Screens: pure functions from frozen data to the text that a verb shows."""
