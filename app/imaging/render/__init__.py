"""Pixels: decoded, transcoded and made into pictures, in processes of their own that may die."""
