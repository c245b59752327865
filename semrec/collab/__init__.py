"""Models of behaviour: one model a file, one contract."""

from semrec.collab.registry import FITTED, MODELS, create, restore

__all__ = ["FITTED", "MODELS", "create", "restore"]
