"""The life of an index: changes, their application, compaction, verification."""
