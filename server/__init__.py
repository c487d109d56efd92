"""RUN: everything that is started."""
