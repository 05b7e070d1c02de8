"""Compare what devices run with what we left there, and say whose promise it hurts."""
