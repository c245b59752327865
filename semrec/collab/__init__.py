"""Models of behaviour: one model a file, one contract."""
