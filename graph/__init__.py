"""SHOW: the GraphQL face. A resolver decodes, calls one action or one statement, and shapes."""
