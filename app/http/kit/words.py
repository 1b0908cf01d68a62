"""Marks texts of the code that are translated where they are shown."""


def marked(text: str) -> str:
    """Return a text as it is; whoever collects texts for the catalogues looks for this name."""
    return text
