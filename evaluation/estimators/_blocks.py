"""What influences are summed within: a cluster, or the unit where none is named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.cells.needs import CellNeeds, KeyRole, NotFromCells
from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._guards import cluster_codes
from evaluation.estimators._influence import matched_influence
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._problem_of import far_clusters
from evaluation.estimators.contract import Influence, Setting
from evaluation.inference.cluster_facts import effective_clusters, largest_share
from evaluation.inference.small_sample import is_nested


@dataclass(frozen=True)
class Blocks:
    """Rows that vary together.

    Attributes
    ----------
    codes
        Block of every entry, shape ``(n,)``; G in all.
    factor
        G / (G - 1), or 1 where blocks are units or the factor is off.
    name
        Column that they are values of.
    clustered
        Whether the model names them.
    sizes
        Weight of each, shape ``(G,)``.
    """

    codes: IntArray
    factor: float
    name: str
    clustered: bool
    sizes: FloatArray

    @property
    def count(self) -> int:
        """Number of blocks, G."""
        return len(self.sizes)

    @property
    def clusters(self) -> int | None:
        """Number of clusters, ``None`` where the model names none."""
        return self.count if self.clustered else None

    def degrees_of_freedom(self, setting: Setting) -> float | None:
        """Return G - 1, ``None`` where intervals are normal."""
        return float(self.count - 1) if setting.inference.distribution == "t" else None

    def details(self, setting: Setting, factor: float) -> list[tuple[str, str, DetailValue]]:
        """Return what a reader must know of them."""
        return [
            ("", "summed_within", self.name if self.clustered else "unit"),
            ("", "blocks", self.count),
            ("", "small_sample_factor", factor),
            ("", "degrees_of_freedom", self.degrees_of_freedom(setting)),
            ("", "effective_clusters", effective_clusters(self.sizes)),
            ("", "largest_cluster_share", largest_share(self.sizes)),
        ]

    def influence(self, data: ModelData, setting: Setting, values: FloatArray) -> Influence | None:
        """Return the influence of every block on the terms, where a check asks for it.

        Parameters
        ----------
        data, setting
            Of the fit.
        values
            Shape ``(G, terms)``.
        """
        return matched_influence(values, data, self.name, self.factor, setting)


def blocks_of(data: ModelData, setting: Setting, estimator: str) -> Blocks:
    """Return the blocks of a model.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    setting
        The model.
    estimator
        Its name, for messages.

    Raises
    ------
    DataError
        With two clusters, one value of a cluster, or neither a cluster nor units.
    NeedsRows
        For cells that are not made of the blocks.
    """
    inference = setting.inference
    clusters = cluster_codes(data, inference)
    if len(inference.cluster) > 1:
        raise DataError(f"{estimator}: takes one cluster column: name the coarser one")
    if far_clusters(data, inference.cluster) or (data.from_cells and not clusters):
        raise NeedsRows("influences are summed by unit or by a cluster that no cell is made of")
    if inference.variance == "cr3" and not clusters:
        raise DataError(f"{estimator}: cr3 needs a cluster: name one, or set variance = 'hc1'")
    weight = np.ones(data.entries) if data.weight is None else data.weight
    if not clusters:
        if data.unit is None:
            raise DataError(
                f"{estimator}: rows without a unit need a cluster: set panel.unit, or cluster in "
                "the model"
            )
        codes = np.unique(data.unit, return_inverse=True)[1].astype(np.int64)
        return Blocks(codes, 1.0, setting.unit or "", False, _sizes(codes, weight))
    codes = clusters[0]
    count = int(codes.max()) + 1
    if data.from_cells:
        # No cluster splits a unit, so that as many of both are the same.
        coarser = data.units != count
    else:
        coarser = data.unit is None or not is_nested(codes, data.unit)
    factor = count / (count - 1) if coarser and inference.cluster_factor == "g" else 1.0
    return Blocks(codes, factor, inference.cluster[0], True, _sizes(codes, weight))


def _sizes(codes: IntArray, weight: FloatArray) -> FloatArray:
    return np.bincount(codes, weight).astype(np.float64)


def block_needs(setting: Setting, roles: frozenset[KeyRole]) -> CellNeeds | NotFromCells:
    """Return what influences summed by cluster need of cells.

    Parameters
    ----------
    setting
        The model.
    roles
        Design roles that must be constant in a cell.
    """
    clusters, unit = setting.inference.cluster, setting.unit
    if not clusters:
        return NotFromCells("without a cluster every unit has an influence function of its own")
    if unit in clusters:
        return NotFromCells(f"clustered by {unit}, each has an influence function of its own")
    return CellNeeds(
        roles=roles,
        unit_effect=unit is not None and unit in setting.fixed_effects,
        clusters=clusters,
    )
