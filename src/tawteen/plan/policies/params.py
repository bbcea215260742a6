"""Numbers that shape the findings of a survey and the policies that use them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PolicyParams:
    """How a survey tells the state of a plant, and when what it found may be used. All assumed."""

    tail: float = 0.1
    """Quantile of the good state, and one less it that of the bad state; 0.05 with `tail_weight` 0.185 are the points
    of Pearson and Tukey."""
    tail_weight: float = 0.3
    """Chance of the good state and of the bad state; the middle state, the median, has the rest (Swanson and Megill;
    Keefer and Bodily 1983)."""
    decision_quarters: int = 0
    """Quarters between the end of a survey and the first start that may use what it found; meetings of the committee
    come on top where the case states them."""

    large_starts: int = 16000
    """Starts above which prices and trees of sites prove the bound instead of one linear model."""
    prices_share: float = 0.4
    """Share of the time limit after which the first prices are no longer improved."""
    near_trees: int = 3
    """Best trees of each site whose options the simulation of a large case knows."""
    futures: int = 200
    """Futures in which a policy is valued; more of them narrow the interval of its mean."""
    batches: int = 10
    """Independent samples that the futures come from; their spread gives the interval."""
    search_futures: int = 20
    """Futures in which policies are compared while they are improved: others than those in which the best is valued."""
    screening_futures: int = 4
    """The first of these, in which a change has to be a gain before it is looked at in the others."""
    kept_answers: int = 64
    """Latest answers of each kind that are kept about which starts the limits carry: more of them save a few linear
    models and compare longer. At least 1."""
    promising_moves: int = 3
    """Changes of one decision point that are tried in turn, those of which prices promise most."""
    search_seed: int = 1_000_003
    """Added to the seed for the futures of the search, so that they are others than those of the value."""
    least_share: float = 0.5
    """Share of the futures with a finding in which the model of the bound starts something there, from which on the
    first policy does."""
    small_share: float = 0.25
    """The same in a second first policy, in which points with a smaller share may take what those leave."""
    fixed_share: float = 0.4
    """Share of the time limit that the single path may take where a policy follows."""
    bound_share: float = 0.4
    """Share of the time left after the first policy that the bound may take."""
    sampled_share: float = 0.5
    """Share of the time left after the proven bound, valuing set aside, in which a tighter bound is estimated."""
    bound_gap: float = 0.002
    """Gap, share of the bound, at which the estimate of one future ends."""
    bound_width: float = 0.005
    """Half of the interval of what an estimated bound is above the policy, share of the bound, at which no more futures
    are drawn."""
    bound_seed: int = 2_000_003
    """Added to the seed for the futures in which the bound is estimated."""
    bound_futures: int = 20
    """Most futures in which the bound is estimated; more of them narrow its interval."""
    least_bound_futures: int = 4
    """Futures in which it is estimated at least: the time is divided among them, and more are drawn where some is left.
    """
    whole_share: float = 0.4
    """Share of the time of the search in which whole starts are searched over the model of the bound."""
    learning_share: float = 0.9
    """Share of the time of the search that the policy takes; the rest goes to the best one without any survey."""
    round_steps: int = 200
    """Steps of a round of the search: it ends with a round that finds no better policy."""
    value_share: float = 0.5
    """Most of the time left after the bound that is set aside for valuing the policy."""
    information_futures: int = 20
    """Futures, the first of those in which the policy is valued, in which it is valued without each survey."""
    least_futures: int = 20
    """Futures in which the policy is valued at least, however little time is left."""

    def states(self) -> tuple[tuple[float, float], ...]:
        """(quantile, chance) of each state of a plant, the good one first."""
        return (
            (self.tail, self.tail_weight), (0.5, 1.0 - 2.0 * self.tail_weight), (1.0 - self.tail, self.tail_weight)
        )  # fmt: skip


POLICY_PARAMS = PolicyParams()
