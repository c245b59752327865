"""Dense and lexical indexes, and the folder on disk."""
