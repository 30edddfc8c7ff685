"""Keywords of the suites: thin, typed, over `sim`; state shared by them is in `session`."""
