"""TALK: Meta's language on one side, ours on the other."""
