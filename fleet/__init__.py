"""MUSTER: a small fleet on one machine, started together and kept running."""
