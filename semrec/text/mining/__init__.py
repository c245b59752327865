"""The lexicon mined from a catalog, and the tagger that finds its words in titles."""
