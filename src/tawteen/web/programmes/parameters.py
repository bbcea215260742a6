"""What a run of the planner is asked, as it is kept and hashed on the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from tawteen.plan.programme import Scenario
from tawteen.plan.status import GAP
from tawteen.record.canonical import canonical_bytes
from tawteen.words import Lang


@dataclass(frozen=True)
class RunParameters:
    """The arguments of a run beside its case.

    `lang` is the language in which its report opens. `fixed`: one path is planned, without a policy for what surveys
    may find. `scenarios` say what to expect of it: None for as many as fit the size of the case. `set`, `must` and
    `without` are the changes of a what-if, as `tawteen.plan.programme.Scenario` has them: with one of them it is not
    the registry that was planned. `base` is the run that a what-if began from, `changed` says in both languages what it
    changed.
    """

    time_limit: int = 60
    gap: float = GAP
    fixed: bool = False
    scenarios: int | None = None
    seed: int = 1
    lang: Lang = "en"
    title: str = ""
    set: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    base: str = ""
    changed: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> RunParameters:
        """Parameters as `fields` gives them; those that an earlier version did not know have their defaults."""
        listed = {name: tuple(stored.get(name, ())) for name in ("set", "must", "without")}
        return cls(**{**stored, **listed, "changed": tuple((en, ar) for en, ar in stored.get("changed", ()))})

    def fields(self) -> dict[str, Any]:
        """The parameters in types of JSON."""
        fields = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {**fields, "changed": [list(both) for both in self.changed]}

    def hash(self) -> str:
        """SHA-256 of the canonical JSON of the parameters."""
        return sha256(canonical_bytes(self.fields())).hexdigest()

    @property
    def scenario(self) -> Scenario:
        """The changes of a what-if."""
        return Scenario(self.set, self.must, self.without)

    @property
    def what_if(self) -> bool:
        """Whether the case is changed."""
        return self.scenario != Scenario()
