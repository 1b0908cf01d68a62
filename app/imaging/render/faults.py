"""Why pixels cannot be had, in words for whoever asked; no value of the data set is in them."""


class Unrenderable(Exception):
    """The pixels cannot be decoded, encoded or shown as asked; the message says why."""
