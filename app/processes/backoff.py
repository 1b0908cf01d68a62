"""How long to wait before a child that died is started again. Pure: times are given, in seconds."""

from dataclasses import dataclass

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # a child that ran this long has recovered: its next death is a first one


@dataclass(frozen=True, slots=True)
class Backoff:
    """`deaths` in a row, the last at the moment `died`; `started` is the moment of the last start."""

    deaths: int = 0
    started: float = 0.0
    died: float | None = None

    def at_start(self, now: float) -> "Backoff":
        """The child was started again."""
        return Backoff(self.deaths, now)

    def at_death(self, now: float) -> "Backoff":
        """The child was found dead."""
        again = now - self.started < STEADY_AFTER
        return Backoff(self.deaths + 1 if again else 1, self.started, now)

    @property
    def due(self) -> float:
        """The moment of the next start."""
        doubled: float = FIRST_PAUSE * 2 ** min(self.deaths - 1, 10)
        return (self.died or 0.0) + min(doubled, LONGEST_PAUSE)
