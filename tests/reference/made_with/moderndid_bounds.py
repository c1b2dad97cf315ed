"""Write ``moderndid_bounds.json``: intervals by moderndid 0.2.0, in an environment of its own.

``pip install 'moderndid[didhonest]==0.2.0'``, then ``python moderndid_bounds.py``: two minutes.

moderndid 0.2.0 leaves the earliest change before the base out of the union over changes, so every
part is asked for by itself here, and that part's matrix is given. With one period after the base
it returns its grid in another shape; that is put right too. Its critical value of the first stage
comes from 1,000 draws and is written beside.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from moderndid.didhonest import arp_nuisance
from moderndid.didhonest.delta.rm import rm
from moderndid.didhonest.fixed_length_ci import compute_flci

PLAIN = rm._create_relative_magnitudes_constraint_matrix
ALONE = rm.compute_arp_ci
DRAWN = arp_nuisance.compute_least_favorable_cv
CASES = [(3, 2, 0, True), (3, 3, 1, False), (4, 1, 2, True)]
critical = []


def matrix(num_pre_periods, num_post_periods, m_bar=1, s=0, max_positive=True):
    """Return the rows of one part, that of the earliest change included."""
    n, later = num_pre_periods, num_post_periods
    if s > -n:
        return PLAIN(n, later, m_bar, s, max_positive)
    change = np.zeros((n + later, n + later + 1))
    for row in range(n + later):
        change[row, row : row + 2] = [-1, 1]
    largest = change[0] * (1 if max_positive else -1)
    limit = np.vstack([np.tile(largest, (n, 1)), np.tile(m_bar * largest, (later, 1))])
    rows = np.vstack([change - limit, -change - limit])
    return np.delete(rows[~np.all(np.abs(rows) <= 1e-10, axis=1)], n, axis=1)


def alone(**given):
    """Return the grid of one period after the base as a table, as for several."""
    found = ALONE(**given)
    return found._replace(accept_grid=np.column_stack([found.theta_grid, found.accept_grid]))


def drawn(*given, **named):
    """Return the first stage's critical value and remember it."""
    value = DRAWN(*given, **named)
    critical.append(value)
    return value


rm._create_relative_magnitudes_constraint_matrix = matrix
rm.compute_arp_ci = alone
rm.compute_least_favorable_cv = drawn
arp_nuisance.compute_least_favorable_cv = drawn


def path(n, later, seed, first):
    """Return coefficients, covariance and weights of a small path."""
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(n + later, n + later + 6))
    covariance = (root @ root.T / (n + later + 6) + 0.3) * 0.04
    mean = np.r_[np.zeros(n), np.full(later, 0.6)]
    estimates = generator.multivariate_normal(mean, covariance)
    weights = np.eye(later)[0] if first else np.full(later, 1 / later)
    return estimates.round(6), covariance.round(6), weights


def main():
    """Write every interval with the path that it belongs to."""
    warnings.simplefilter("ignore")
    found = []
    for case in CASES:
        n, later = case[:2]
        estimates, covariance, weights = path(*case)
        error = float(np.sqrt(weights @ covariance[n:, n:] @ weights))
        centre = float(weights @ estimates[n:])
        largest = np.abs(np.diff(np.r_[estimates[:n], 0])).max()
        row = {
            "estimates": estimates.tolist(),
            "covariance": covariance.tolist(),
            "weights": weights.tolist(),
            "magnitudes": [],
            "smoothness": [],
        }
        for bound in (0.5, 1.0, 2.0):
            half = bound * (1 + later) * largest + (12 + 6 * bound) * error
            points = int(2 * half / (error / 50)) + 2
            for s in range(-n, 0):
                for positive in (True, False):
                    critical.clear()
                    grid = rm._compute_conditional_cs_rm_fixed_s(
                        s=s,
                        max_positive=positive,
                        m_bar=bound,
                        betahat=estimates,
                        sigma=covariance,
                        num_pre_periods=n,
                        num_post_periods=later,
                        l_vec=weights.reshape(-1, 1),
                        grid_points=points,
                        grid_lb=centre - half,
                        grid_ub=centre + half,
                        seed=0,
                    )
                    taken = grid["grid"][np.asarray(grid["accept"]) > 0]
                    row["magnitudes"].append(
                        {
                            "bound": bound,
                            "change": n + s,
                            "sign": 1 if positive else -1,
                            "critical": float(critical[0]),
                            "step": 2 * half / (points - 1),
                            "ends": [float(taken[0]), float(taken[-1])] if len(taken) else None,
                        }
                    )
        for bound in (0.0, 0.02, 0.1, 0.5):
            ends = compute_flci(
                estimates, covariance, bound, n, later, post_period_weights=weights
            ).flci
            row["smoothness"].append({"bound": bound, "ends": [float(end) for end in ends]})
        found.append(row)
    place = Path(__file__).with_suffix(".json")
    place.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
