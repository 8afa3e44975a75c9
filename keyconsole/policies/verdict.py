"""Whether something may be done now, and the sentences that say why not."""

from __future__ import annotations

from dataclasses import dataclass

from keyconsole.policies.refusal import Refused


@dataclass(frozen=True, slots=True)
class Verdict:
    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reasons

    def or_refuse(self) -> None:
        """Raise Refused with the reasons, where there are any."""
        if self.reasons:
            raise Refused(*self.reasons)
