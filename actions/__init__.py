"""DO: one function per thing that can be done: gather, decide, apply, announce."""
