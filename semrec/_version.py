"""The one place where the version stands; the changelog names it too."""

__version__ = "0.1.0"
