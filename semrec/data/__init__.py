"""Catalog, events and reviews: read, cleaned, and the bad rows set aside with reasons."""
