"""Why a series does not become a volume, in words for whoever asked; no value of a data set is in them."""


class NoVolume(Exception):
    """The series is no volume, or what the converter made of it is not the series; the message says why."""
