"""From candidates to results: retrieve, filter, blend, explain."""
