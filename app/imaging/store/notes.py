"""What is worth telling about a file that is stored nevertheless."""

from app.imaging.store.failure_reasons import comment_on


class Notes:
    """Warnings in the form of Error Comments, up to a number.

    `several_values` says that an attribute that describes had several values, of which only the first is
    searched: clients hear it in a Warning header, not as a warning of the instance.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.warnings: list[str] = []
        self.several_values = False

    def warn(self, tag: int, message: str) -> None:
        """Note a warning about an element."""
        if len(self.warnings) < self._most:
            self.warnings.append(comment_on(tag, message))

    def insist(self, tag: int, message: str) -> None:
        """Note a warning that no number of others keeps from being told: whose pictures these are."""
        self.warnings.insert(0, comment_on(tag, message))
