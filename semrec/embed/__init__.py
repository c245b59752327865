"""Encoders: text to vectors of unit norm."""
