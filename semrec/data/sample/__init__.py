"""The sample shop: hand-written vocabularies, and a simulation whose right answers are known."""
