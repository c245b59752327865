"""Metrics and runs for search and recommendation."""
