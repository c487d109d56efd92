"""REMEMBER: the tables, the statements about them, and where sessions come from."""
