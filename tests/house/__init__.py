"""The walls of the house: what holds for the whole of the code, whatever it does."""
