"""Use cases on pictures: storing them, and what is read of them."""
