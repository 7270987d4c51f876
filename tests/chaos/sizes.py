"""How big each experiment is: CI size by default; the other sizes grow with R1's, up to the nightly size of table R."""

from dataclasses import dataclass

EXPERIMENTS = ["R1", "R2", "R3", "R4", "R5", "R6", "R9", "R10", "R13"]
REMINDERS, KILLS = 300, 20  # R1 at CI size
NIGHT, NIGHT_KILLS = 10_000, 1_000


@dataclass(frozen=True)
class Sizes:
    """`reminders` and `kills` are R1's."""

    reminders: int = REMINDERS
    kills: int = KILLS

    def grown(self, small: int, night: int) -> int:
        """A size that is `small` at CI size and `night` at the nightly size; below CI size it shrinks with R1's."""
        if self.reminders < REMINDERS:
            return max(small * self.reminders // REMINDERS, min(small, 10))
        share = min((self.reminders - REMINDERS) / (NIGHT - REMINDERS), 1)
        return round(small + share * (night - small))

    @property
    def is_night(self) -> bool:
        return self.reminders >= NIGHT and self.kills >= NIGHT_KILLS

    @property
    def workers(self) -> int:
        return self.grown(3, 4)

    @property
    def control(self) -> tuple[int, int]:
        """Reminders and kills of R3."""
        return min(self.reminders, self.grown(300, 600)), min(self.kills, self.grown(20, 30))

    @property
    def rounds(self) -> int:
        """How often R2 dies at each point."""
        return self.grown(1, 25)

    @property
    def broker(self) -> int:
        """Reminders of R4, R5 and R6."""
        return self.grown(100, 2_000)

    @property
    def outages(self) -> int:
        """Restarts and flushes of R4, restarts of R5."""
        return self.grown(2, 20)

    @property
    def off(self) -> int:
        """Reminders of R9 and R13."""
        return self.grown(50, 1_000)

    @property
    def clock(self) -> int:
        """Reminders of R10, for each way the clock moves."""
        return self.grown(50, 200)
