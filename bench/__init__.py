"""Benchmarks: each is one command, `python -m bench <name>`, and what it finds stands in docs/benchmarks.md."""
