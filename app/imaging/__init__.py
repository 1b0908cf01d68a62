"""Use cases on pictures: storing, searching, retrieving and deleting them, and the feed of their changes."""
